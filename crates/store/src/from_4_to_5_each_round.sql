-- From version 4 to 5, for one round after another, so that it takes the memory of one however many there are: `this_round` has its id.

CREATE TEMP TABLE moved AS
    SELECT round_id, position AS was, asset_position, about, finding_position, finding_part, unjudged_position, settled_position, text,
           min(position) OVER one AS list, row_number() OVER (one ORDER BY position) - 1 AS position
    FROM reason WHERE round_id = (SELECT id FROM this_round)
    WINDOW one AS (PARTITION BY round_id, asset_position, about, finding_position, finding_part, unjudged_position, settled_position);
INSERT INTO reason_5 SELECT round_id, list, position, text FROM moved ORDER BY round_id, list, position;
INSERT INTO ground_5
    SELECT ground.round_id, list, moved.position, ground.position, observation_id, conversation_id, statement_id
    FROM moved JOIN ground ON ground.round_id = moved.round_id AND ground.reason_position = moved.was
    ORDER BY ground.round_id, list, moved.position, ground.position;
INSERT INTO reasons_of_claim
    SELECT round_id, asset_position, about, list FROM moved WHERE asset_position IS NOT NULL AND position = 0;
INSERT INTO reasons_of_finding
    SELECT round_id, finding_position, min(list) FILTER (WHERE finding_part = 'weakness'),
           min(list) FILTER (WHERE finding_part = 'judgement')
    FROM moved WHERE finding_position IS NOT NULL AND position = 0 GROUP BY round_id, finding_position;
INSERT INTO reasons_of_unjudged
    SELECT round_id, unjudged_position, list FROM moved WHERE unjudged_position IS NOT NULL AND position = 0;
INSERT INTO reasons_of_settled
    SELECT round_id, settled_position, list FROM moved WHERE settled_position IS NOT NULL AND position = 0;
DROP TABLE moved;
INSERT INTO asset_searched
    SELECT round_id, min(asset_position),
           group_concat(class || char(9) || worst || char(9) || replace(replace(network, char(10), ' '), char(9), ' ') || char(9)
                        || replace(replace(care_area, char(10), ' '), char(9), ' '), char(10) ORDER BY asset_position),
           group_concat(printf('%08x%08x%08x%08x', by_urgency, by_title, by_address, by_last), '' ORDER BY asset_position),
           group_concat(replace(text, char(10), char(31)), char(10) ORDER BY asset_position)
    FROM asset_search WHERE round_id = (SELECT id FROM this_round) GROUP BY asset_position / 64;
