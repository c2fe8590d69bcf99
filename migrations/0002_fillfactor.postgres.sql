-- Room on each page for the next version of a row: rotation then updates in place (HOT).
ALTER TABLE grants SET (fillfactor = 75);
ALTER TABLE sessions SET (fillfactor = 75);
