-- From version 5 to 6, when the rows of every round were moved.

DROP TABLE reasons_of_claim_5;
DROP TABLE ground_5;
DROP TABLE reason_5;
DROP TABLE claim_5;
DROP TABLE asset_mac_5;
DROP TABLE asset_name_5;
DROP TABLE service_5;
DROP TABLE product_5;
DROP TABLE peer_5;
DROP TABLE conversation_summary;
DROP TABLE conversation_5;
DROP TABLE observation_5;
