//! The figures as lines of text, each with the share of its limit.

use super::{Audited, Decade, Intake, Limits, Receipts, Reopened, Spent};

/// Milliseconds of a second.
const KILO: f64 = 1e3;

impl Limits {
    /// The limits, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        vec![
            format!(
                "limit       {:>12.0} strict Ed25519 verifications/s on {} cores by the clock; {:.1} us of processor time each",
                self.verify_per_s, self.cores, self.verify_cpu_us
            ),
            format!(
                "limit       {:>12.0} MB/s of SHA-256 on one core",
                self.sha256_mb_per_s
            ),
            format!(
                "limit       {:>12.0} fdatasync/s of one block",
                self.syncs_per_s
            ),
        ]
    }

    /// Verifications a second if all cores did nothing else and nobody else used them.
    fn verify_alone_per_s(&self) -> f64 {
        self.cores as f64 * 1e6 / self.verify_cpu_us
    }

    /// What share of the limit so many statements in so much time are: by the clock, and by
    /// processor time.
    #[must_use]
    pub fn share(&self, statements: u64, spent: Spent) -> (f64, f64) {
        let statements = statements as f64;
        let clock = statements / spent.wall_s / self.verify_per_s;
        let processor = statements * self.verify_cpu_us / 1e6 / spent.cpu_s;
        (clock, processor)
    }

    fn told(&self, statements: u64, spent: Spent) -> String {
        let (clock, processor) = self.share(statements, spent);
        format!(
            "{:.1} s by the clock, {:.1} s of processor time; {:.0} % of the verification limit by the clock, {:.0} % by processor time ({:.0}/s with the cores to itself)",
            spent.wall_s,
            spent.cpu_s,
            100.0 * clock,
            100.0 * processor,
            processor * self.verify_alone_per_s(),
        )
    }

    /// Submissions in process.
    #[must_use]
    pub fn intake(&self, intake: &Intake) -> Vec<String> {
        vec![
            format!(
                "intake      {:>12.0} statements/s checked, judged, durable and published, in process; half within {:.0} ms, 99 % within {:.0} ms",
                intake.statements as f64 / intake.spent.wall_s,
                intake.median_s * KILO,
                intake.p99_s * KILO,
            ),
            format!("            {}", self.told(intake.statements, intake.spent)),
            format!(
                "memory      {:>12.0} bytes a statement while taking them in",
                intake.grown_bytes as f64 / intake.statements as f64
            ),
        ]
    }

    /// Receipts from memory.
    #[must_use]
    pub fn receipts(receipts: &Receipts) -> Vec<String> {
        vec![format!(
            "receipts    {:>12.0} /s from memory on one thread; {:.0}/s of its processor time",
            receipts.made as f64 / receipts.spent.wall_s,
            receipts.made as f64 / receipts.spent.cpu_s,
        )]
    }

    /// Opening a record.
    #[must_use]
    pub fn reopened(reopened: &Reopened) -> Vec<String> {
        vec![format!(
            "recovery    {:>12.2} s for {} entries, {:.2} s of processor time; {:.0} bytes of memory an entry",
            reopened.spent.wall_s,
            reopened.entries,
            reopened.spent.cpu_s,
            reopened.grown_bytes as f64 / reopened.entries as f64,
        )]
    }

    /// A full audit.
    #[must_use]
    pub fn audited(&self, audited: &Audited) -> Vec<String> {
        vec![
            format!(
                "audit       {:>12.0} statements/s, in full, of {} entries",
                audited.entries as f64 / audited.spent.wall_s,
                audited.entries
            ),
            format!("            {}", self.told(audited.entries, audited.spent)),
        ]
    }
}

impl Decade {
    /// The heading of the table.
    pub const HEADING: &str =
        "   entries   append us   inclusion us (hashes)   consistency us   tree bytes/entry";

    /// Its line in the table.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{:>10}   {:>9.2}   {:>12.2} {:>8}   {:>14.2}   {:>16.1}",
            self.entries,
            self.append_us,
            self.inclusion_us,
            format!("({})", self.inclusion_hashes),
            self.consistency_us,
            self.tree_bytes_per_entry,
        )
    }
}
