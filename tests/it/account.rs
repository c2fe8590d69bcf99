//! The account page (issue 4).
