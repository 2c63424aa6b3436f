-- From version 5 to 6: rows that are many are moved into pages (`paged.sql`), one round after another (`into_pages.rs`).

DROP INDEX observation_of_id;
DROP INDEX observation_of_subject;
DROP INDEX conversation_of_id;
DROP INDEX conversation_of_client;
DROP INDEX conversation_of_server;
ALTER TABLE observation RENAME TO observation_5;
ALTER TABLE conversation RENAME TO conversation_5;
ALTER TABLE asset_mac RENAME TO asset_mac_5;
ALTER TABLE asset_name RENAME TO asset_name_5;
ALTER TABLE claim RENAME TO claim_5;
ALTER TABLE service RENAME TO service_5;
ALTER TABLE product RENAME TO product_5;
ALTER TABLE reason RENAME TO reason_5;
ALTER TABLE ground RENAME TO ground_5;
ALTER TABLE reasons_of_claim RENAME TO reasons_of_claim_5;
ALTER TABLE peer RENAME TO peer_5;

