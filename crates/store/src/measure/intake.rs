//! The log under load: submissions, receipts, opening again, the audit.

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::{MeasureError, Spent, resident_bytes};
use crate::{Record, audit};

/// Threads that submit: together they keep two full batches under way, one checked while the other
/// is written.
const SUBMITTERS: usize = 8;
/// Submissions that one thread has under way at once.
const UNDER_WAY: usize = 1024;

/// How submissions went.
#[derive(Clone, Copy, Debug)]
pub struct Intake {
    /// Statements recorded, published and acknowledged.
    pub statements: u64,
    /// What it took.
    pub spent: Spent,
    /// Half of them were acknowledged within so many seconds of being submitted.
    pub median_s: f64,
    /// 99 in 100 of them within so many.
    pub p99_s: f64,
    /// Memory that the process grew by, in bytes.
    pub grown_bytes: u64,
}

/// Submits `entries` from several threads that each wait for their answers, in process.
///
/// # Errors
/// One was not recorded.
pub fn intake(record: &Record, entries: Vec<Vec<u8>>) -> Result<Intake, MeasureError> {
    let statements = entries.len() as u64;
    let mut entries = entries.into_iter();
    let mut groups = Vec::new();
    loop {
        let group: Vec<_> = entries.by_ref().take(UNDER_WAY).collect();
        if group.is_empty() {
            break;
        }
        groups.push(group);
    }
    groups.reverse();
    let (groups, before) = (Mutex::new(groups), resident_bytes());
    let (waits, spent) = Spent::by(|| {
        std::thread::scope(|scope| {
            let submitters: Vec<_> = (0..SUBMITTERS)
                .map(|_| scope.spawn(|| submitter(record, &groups)))
                .collect();
            let mut waits = Vec::new();
            for submitter in submitters {
                let ended = submitter.join();
                let ended =
                    ended.unwrap_or_else(|_| Err(MeasureError::Wrong("a thread ended".into())));
                waits.append(&mut ended?);
            }
            Ok::<_, MeasureError>(waits)
        })
    });
    let mut waits = waits?;
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = waits.len().saturating_sub(1) as f64;
        // Rounded within the bounds of the list.
        waits.get((last * share) as usize).copied().unwrap_or(0.0)
    };
    Ok(Intake {
        statements,
        spent,
        median_s: at(0.5),
        p99_s: at(0.99),
        grown_bytes: resident_bytes().saturating_sub(before),
    })
}

/// Submits group after group; gives how long each submission waited, in seconds.
fn submitter(record: &Record, groups: &Mutex<Vec<Vec<Vec<u8>>>>) -> Result<Vec<f64>, MeasureError> {
    let next = || groups.lock().map_or(None, |mut groups| groups.pop());
    let mut waits = Vec::new();
    while let Some(group) = next() {
        let (begun, count) = (Instant::now(), group.len());
        for answer in record.submit_all_blocking(group) {
            answer?;
        }
        // All of a group wait for the last of it: the longest wait counts for each.
        let waited = begun.elapsed().as_secs_f64();
        waits.extend(std::iter::repeat_n(waited, count));
    }
    Ok(waits)
}

/// How receipts went.
#[derive(Clone, Copy, Debug)]
pub struct Receipts {
    /// Receipts made.
    pub made: u64,
    /// What it took, on one thread.
    pub spent: Spent,
}

/// Makes receipts of entries all over the log, as the text that is handed out.
///
/// # Errors
/// The record failed.
pub fn receipts(record: &Record, count: u64) -> Result<Receipts, MeasureError> {
    let size = record.size();
    let (made, spent) = Spent::by(|| {
        for n in 0..count {
            // Steps of a large prime spread over the log.
            let index = n.wrapping_mul(2_654_435_761) % size;
            std::hint::black_box(record.receipt(index)?.to_string());
        }
        Ok::<_, MeasureError>(count)
    });
    Ok(Receipts { made: made?, spent })
}

/// How opening went.
#[derive(Clone, Copy, Debug)]
pub struct Reopened {
    /// Entries in the log.
    pub entries: u64,
    /// What it took until submissions were taken.
    pub spent: Spent,
    /// Memory that the process grew by, in bytes.
    pub grown_bytes: u64,
}

/// Opens a record.
///
/// # Errors
/// The record failed.
pub fn reopened(dir: &Path) -> Result<(Record, Reopened), MeasureError> {
    let before = resident_bytes();
    let (record, spent) = Spent::by(|| Record::open(dir, |_, _| {}));
    let record = record?;
    let reopened = Reopened {
        entries: record.size(),
        spent,
        grown_bytes: resident_bytes().saturating_sub(before),
    };
    Ok((record, reopened))
}

/// How an audit went.
#[derive(Clone, Copy, Debug)]
pub struct Audited {
    /// Entries judged.
    pub entries: u64,
    /// What it took.
    pub spent: Spent,
}

/// Audits a record's folder in full.
///
/// # Errors
/// [`MeasureError::Wrong`] if a check fails.
pub fn audited(dir: &Path) -> Result<Audited, MeasureError> {
    let (report, spent) = Spent::by(|| audit(dir, None, |_, _| {}));
    if let Some(failure) = report.report.failure() {
        return Err(MeasureError::Wrong(format!("{failure:?}")));
    }
    Ok(Audited {
        entries: report.size,
        spent,
    })
}
