//! What is wrong with metadata.

/// A member of the metadata that can't be accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The member.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub why: String,
}

pub(super) fn invalid(field: &'static str, why: impl Into<String>) -> Result<(), Invalid> {
    Err(Invalid { field, why: why.into() })
}
