-- A mail server's password is a word that a person chose: its last characters may be all of it, and are kept nowhere but sealed.
UPDATE "channel_secret" SET "hint" = '' WHERE "what" = 'password';
