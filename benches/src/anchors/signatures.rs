//! S: signatures on one core with a key that was parsed once.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};

use crate::{facts::rate, failure::Fault, process::thread_cpu};

/// About as long as the header and the claims of an access token.
const MESSAGE: [u8; 320] = [b'm'; 320];

/// Signatures per core-second of each algorithm, each measured for `each`.
///
/// # Errors
/// When a key can't be made.
pub fn measure(each: Duration) -> Result<Vec<(&'static str, f64)>, Fault> {
    let random = SystemRandom::new();
    let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let eddsa = Ed25519KeyPair::generate()?;
    let mut rates = vec![
        (
            "ES256",
            signatures(each, || {
                black_box(es256.sign(&random, &MESSAGE)?);
                Ok(())
            })?,
        ),
        (
            "EdDSA",
            signatures(each, || {
                black_box(eddsa.sign(&MESSAGE));
                Ok(())
            })?,
        ),
    ];
    for (name, size) in [("RS256-2048", KeySize::Rsa2048), ("RS256-3072", KeySize::Rsa3072)] {
        let key = RsaKeyPair::generate(size)?;
        let mut signature = vec![0; key.public_modulus_len()];
        let mut sign = || Ok(key.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)?);
        rates.push((name, signatures(each, &mut sign)?));
    }
    Ok(rates)
}

fn signatures(each: Duration, mut sign: impl FnMut() -> Result<(), Fault>) -> Result<f64, Fault> {
    let begun = Instant::now();
    let before = thread_cpu();
    let mut done = 0;
    while begun.elapsed() < each {
        sign()?;
        done += 1;
    }
    // On a crowded machine this thread is off its core for much of the time that passes.
    let used = before.and_then(|before| thread_cpu()?.checked_sub(before));
    Ok(rate(done, used.unwrap_or_else(|| begun.elapsed())))
}
