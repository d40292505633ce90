//! The published dataset itself, where it lies beside the repository.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use solferino_incidents::{Base, Question, eurepoc};

fn dataset() -> Option<Base> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/eurepoc");
    if !folder.exists() {
        eprintln!("SKIPPED: no EuRepoC tables beside the repository");
        return None;
    }
    let mut texts = Vec::new();
    for table in eurepoc::TABLES {
        let file = std::fs::File::open(folder.join(format!("{table}.csv.gz"))).unwrap();
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(file)
            .read_to_end(&mut text)
            .unwrap();
        texts.push(text);
    }
    let files: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let start = Instant::now();
    let base = eurepoc::import(&files.try_into().unwrap()).unwrap();
    let took = start.elapsed();
    eprintln!("{} incidents read in {took:?}", base.incidents.len());
    assert!(
        took < Duration::from_secs(3),
        "the promise is 3 s: {took:?}"
    );
    Some(base)
}

#[test]
fn the_published_counts_come_out() {
    let Some(base) = dataset() else { return };
    assert_eq!(base.incidents.len(), 2_465);
    assert_eq!(base.source.publisher, "eurepoc");
    let answer = Question::AttributionBasis.answer(&base);
    for row in &answer.rows {
        eprintln!(
            "{:>5}  {} ({})",
            row.n,
            row.label,
            row.rule.as_deref().unwrap_or("")
        );
    }
    let figures: Vec<i64> = answer.rows.iter().map(|r| r.n).collect();
    assert_eq!(figures, [829, 390, 203, 207]);
    // every row is either kept or counted as a repeat; nothing is merged away
    for table in &base.report.tables {
        eprintln!(
            "{}: {} rows, {} repeats",
            table.table, table.rows, table.repeats
        );
        assert!(table.repeats < table.rows);
    }
}
