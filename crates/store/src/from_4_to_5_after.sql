-- From version 4 to 5, when the reasons of every round were moved.

DROP TABLE ground;
DROP TABLE reason;
ALTER TABLE reason_5 RENAME TO reason;
ALTER TABLE ground_5 RENAME TO ground;
DROP TABLE asset_search;
