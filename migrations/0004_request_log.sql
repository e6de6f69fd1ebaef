-- What the log of requests says beside the line: who asked, why it was refused, whom it was about, and the bodies.

-- The client by its User-Agent: a word of `model::request::Client`.
ALTER TABLE requests ADD COLUMN client TEXT NOT NULL DEFAULT 'other';
-- Why it was refused, or what is worth knowing of an answer: a word of the table of causes.
ALTER TABLE requests ADD COLUMN cause TEXT;
-- The person or team it was about.
ALTER TABLE requests ADD COLUMN subject_kind TEXT;
ALTER TABLE requests ADD COLUMN subject_id TEXT;
-- What came of it, in words.
ALTER TABLE requests ADD COLUMN said TEXT;
-- How many attributes it changed.
ALTER TABLE requests ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
-- Headers, bodies and changes, as one JSON object; last, so that lists never read it.
ALTER TABLE requests ADD COLUMN kept TEXT;
UPDATE requests SET cause = 'unnamed' WHERE status >= 400;

CREATE INDEX requests_refused ON requests (connection_id, id) WHERE status >= 400;
CREATE INDEX requests_subject ON requests (subject_id, id) WHERE subject_id IS NOT NULL AND method <> 'GET';
