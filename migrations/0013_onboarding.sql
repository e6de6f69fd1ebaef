-- What a person is led through after their first sign-in. Whoever is here already is led through nothing.

ALTER TABLE users ADD COLUMN onboarding TEXT NOT NULL DEFAULT 'none' CHECK (onboarding IN ('none', 'under_way', 'over'));

CREATE TABLE onboarding_steps (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'skipped')),
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, step)
);
