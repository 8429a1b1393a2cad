"""The revisions, one a module. What they make is written out in them: the tables of today may have changed since."""
