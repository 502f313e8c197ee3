-- Three turns of a heard and a said message for each conversation, and the index of their words.
CREATE INDEX texts_number ON texts (number, kind);
INSERT INTO messages (id, journal_id, ref, event, urn, direction, at, text, kind, script, outcome,
    policies, evidence, buttons, delivery)
SELECT c.id * 6 - 5 + 2 * turn + is_said, '1-' || (c.id * 6 - 5 + 2 * turn + is_said) || '-0',
    CASE is_said WHEN 1 THEN 'e' || (c.id * 3 + turn) END, 'e' || (c.id * 3 + turn), c.urn,
    CASE is_said WHEN 1 THEN 'said' ELSE 'heard' END, {later}, t.text,
    CASE is_said WHEN 0 THEN 'words' END, CASE is_said WHEN 1 THEN 'policy' END,
    CASE WHEN is_said = 0 THEN NULL WHEN c.declined > 0 THEN 'declined'
        WHEN c.choices > 0 THEN 'choices' ELSE 'answered' END,
    '[]', '{}', '[]', CASE is_said WHEN 1 THEN 'sent' END
FROM conversations c
CROSS JOIN (SELECT 0 AS turn UNION ALL SELECT 1 UNION ALL SELECT 2) AS turns
CROSS JOIN (SELECT 0 AS is_said UNION ALL SELECT 1) AS sides
JOIN texts t
    ON t.number = (CAST(c.id AS bigint) * 7919 + turn * 1543 + is_said * 389) % 4096
    AND t.kind = CASE WHEN is_said = 1 THEN 'told' WHEN turn = 0 AND c.has_personal THEN 'numbered'
        WHEN turn = 1 AND c.id % 8000 = 0 THEN 'rare' ELSE 'asked' END
ORDER BY 1;
INSERT INTO message_words ({key}, words)
SELECT m.id, t.words FROM messages m
JOIN (SELECT text, {words} AS words FROM texts t GROUP BY 1, 2) AS t ON t.text = m.text
ORDER BY 1;
