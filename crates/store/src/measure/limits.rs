//! The physical limits of this machine for what a log does.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use tlog::{KeyType, SigningKey};

use super::{MeasureError, Spent};
use crate::disk::IoError;

/// How long each limit is measured.
const LONG_ENOUGH: Duration = Duration::from_millis(1500);
/// Bytes hashed at a time (1 MiB).
const HASHED_BYTES: usize = 1 << 20;
/// Bytes written before each sync: one block.
const SYNCED_BYTES: usize = 4096;
/// Keys and messages verified in turn.
const SIGNATURES: u64 = 256;

/// What the machine can do, measured.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Processor cores used.
    pub cores: usize,
    /// SHA-256 on one core, in megabytes (10^6) a second.
    pub sha256_mb_per_s: f64,
    /// Strict Ed25519 verifications a second on all cores, by the clock.
    pub verify_per_s: f64,
    /// Processor time of one of them, in microseconds.
    pub verify_cpu_us: f64,
    /// Synchronous writes of one block a second (`fdatasync`).
    pub syncs_per_s: f64,
}

/// Measures the limits; `message_bytes` is the length of what is signed, `dir` a folder on the
/// disk that is meant.
///
/// # Errors
/// A file cannot be written there.
pub fn limits(dir: &Path, message_bytes: usize) -> Result<Limits, MeasureError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (verified, spent) = Spent::by(|| verify(cores, message_bytes));
    let verified = verified? as f64;
    Ok(Limits {
        cores,
        sha256_mb_per_s: sha256(),
        verify_per_s: verified / spent.wall_s,
        verify_cpu_us: spent.cpu_s * 1e6 / verified,
        syncs_per_s: syncs(&dir.join("syncs"))?,
    })
}

fn sha256() -> f64 {
    let bytes = vec![0x5a; HASHED_BYTES];
    let (begun, mut hashed) = (Instant::now(), 0_usize);
    while begun.elapsed() < LONG_ENOUGH {
        std::hint::black_box(tlog::sha256(std::hint::black_box(&bytes)));
        hashed += bytes.len();
    }
    hashed as f64 / 1e6 / begun.elapsed().as_secs_f64()
}

/// Verifies on all cores at once; gives how many.
fn verify(cores: usize, message_bytes: usize) -> Result<u64, MeasureError> {
    let wrong = |error: tlog::KeyError| MeasureError::Wrong(error.to_string());
    let mut signed = Vec::new();
    for n in 0..SIGNATURES {
        let seed = *tlog::sha256(&n.to_be_bytes()).as_bytes();
        let key = SigningKey::from_seed("limit", seed, KeyType::Ed25519).map_err(wrong)?;
        let mut message = vec![0x5a; message_bytes];
        message.extend_from_slice(&n.to_be_bytes());
        let signature = key.sign_raw(&message);
        signed.push((key.verifier_key(), message, signature));
    }
    let signed = &signed;
    let work = || {
        let (begun, mut done) = (Instant::now(), 0_u64);
        while begun.elapsed() < LONG_ENOUGH {
            for (key, message, signature) in signed {
                key.verify_raw(message, signature).map_err(wrong)?;
            }
            done += SIGNATURES;
        }
        Ok(done)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut done = 0;
        for thread in threads {
            let ended = thread.join();
            done += ended.unwrap_or_else(|_| Err(MeasureError::Wrong("a thread ended".into())))?;
        }
        Ok(done)
    })
}

fn syncs(file: &Path) -> Result<f64, MeasureError> {
    let mut handle = File::create(file).map_err(IoError::at("measure syncs in", file))?;
    let block = [0x5a; SYNCED_BYTES];
    let (begun, mut done) = (Instant::now(), 0_u32);
    while begun.elapsed() < LONG_ENOUGH {
        handle
            .rewind()
            .and_then(|()| handle.write_all(&block))
            .and_then(|()| handle.sync_data())
            .map_err(IoError::at("measure syncs in", file))?;
        done += 1;
    }
    let rate = f64::from(done) / begun.elapsed().as_secs_f64();
    std::fs::remove_file(file).map_err(IoError::at("measure syncs in", file))?;
    Ok(rate)
}
