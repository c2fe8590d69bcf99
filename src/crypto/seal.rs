//! Envelope encryption of what the database must be able to give back: AES-256-GCM under a key of its own per row.

use super::MasterKey;
use crate::base::entropy;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Where a sealed value stands. It can be opened nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The primary key of the row.
    pub row: &'a str,
    /// The column.
    pub column: &'a str,
}

impl Place<'_> {
    fn aad(&self) -> String {
        format!("symbolon\u{0}{}\u{0}{}\u{0}{}\u{0}1", self.table, self.row, self.column)
    }
}

/// A sealed value that can't be opened: another master key, another place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotOpen;

/// 2: padded.
const VERSION: u8 = 2;

/// Plain texts are sealed in steps of so many bytes, so that a length tells little about what is inside.
const STEP: usize = 64;

/// The mark where the plain text ends and zeros begin (ISO/IEC 7816-4 §8.2).
const END: u8 = 0x80;

/// Seals `plain` for its place: version ‖ nonce ‖ ciphertext ‖ tag, where the ciphertext is padded.
pub fn seal(master: &MasterKey, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CannotOpen> {
    let nonce = entropy::bytes::<NONCE_LEN>();
    // One allocation for it all: growing would leave a copy of the secret behind.
    let padded = plain.len().saturating_add(1).next_multiple_of(STEP);
    let mut body = Vec::with_capacity(padded.saturating_add(AES_256_GCM.tag_len()));
    body.extend_from_slice(plain);
    body.push(END);
    body.resize(padded, 0);
    let RowKey(key) = row_key(master, place)?;
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.aad()), &mut body)
        .map_err(|_| CannotOpen)?;
    Ok([&[VERSION][..], &nonce, &body].concat())
}

/// Opens what [`seal`] made for the same place under the same master key.
pub fn open(master: &MasterKey, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    row_key(master, place)?.open(place, sealed)
}

/// The key of one row, for those who open it often: to derive it takes longer than to open with it.
pub struct RowKey(LessSafeKey);

impl RowKey {
    /// As [`open`] does.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (&VERSION, rest) = sealed.split_first().ok_or(CannotOpen)? else {
            return Err(CannotOpen);
        };
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(CannotOpen)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place.aad()), &mut body)
            .map_err(|_| CannotOpen)?
            .len();
        body.truncate(length);
        let end =
            body.iter().rposition(|byte| *byte != 0).filter(|at| body.get(*at) == Some(&END)).ok_or(CannotOpen)?;
        body.truncate(end);
        Ok(body)
    }
}

/// Wraps a key of its own for its place.
pub fn wrap(master: &MasterKey, place: Place<'_>, key: &MasterKey) -> Result<Vec<u8>, CannotOpen> {
    seal(master, place, key.bytes())
}

/// Unwraps what [`wrap`] made for the same place under the same master key.
pub fn unwrap(master: &MasterKey, place: Place<'_>, wrapped: &[u8]) -> Result<MasterKey, CannotOpen> {
    MasterKey::from_bytes(&open(master, place, wrapped)?).ok_or(CannotOpen)
}

/// The key of a place.
pub fn row_key(master: &MasterKey, place: Place<'_>) -> Result<RowKey, CannotOpen> {
    let bytes = master.derive(&format!("symbolon seal {}", place.aad()));
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map(|key| RowKey(LessSafeKey::new(key))).map_err(|_| CannotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { table: "signing_keys", row: "k1", column: "sealed" };

    #[test]
    fn ls_07_lengths_come_in_steps() {
        let master = MasterKey::generate();
        let sealed = |plain: &[u8]| seal(&master, HERE, plain).expect("seals");
        let lengths: Vec<usize> = (0..200).map(|n| sealed(&vec![0x80; n]).len()).collect();
        assert_eq!((lengths[0], lengths[63], lengths[64], lengths[128]), (93, 93, 157, 221));
        for plain in [&b""[..], b"\x80", b"\0\0", b"x\x80\0", &[0; 64], &[7; 63]] {
            assert_eq!(open(&master, HERE, &sealed(plain)).expect("opens").as_slice(), plain);
        }
    }

    #[test]
    fn opens_only_in_its_place_under_its_key() {
        let master = MasterKey::generate();
        let sealed = seal(&master, HERE, b"pkcs8").expect("seals");
        assert_eq!(open(&master, HERE, &sealed).expect("opens").as_slice(), b"pkcs8");
        assert!(open(&master, Place { row: "k2", ..HERE }, &sealed).is_err());
        assert!(open(&MasterKey::generate(), HERE, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(open(&master, HERE, &bent).is_err(), "bit flip at {at}");
        }
    }
}
