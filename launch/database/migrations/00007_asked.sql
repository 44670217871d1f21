-- How many instances an evaluation was to judge, where its report tells.

-- +goose Up
ALTER TABLE results ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE results DROP COLUMN asked;
