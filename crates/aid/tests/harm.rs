//! What may be published of harm: much, and of nobody.

use solferino_aid::{
    Harm, HarmBasis, HarmKind, HarmRecord, HarmRow, HarmRowError, HarmUnit, MIN_HARM_RECORDS,
    check_rows, publishable, rounded_down,
};

fn told(kind: HarmKind, unit: HarmUnit, count: Option<u64>) -> HarmRecord {
    let harm = Harm {
        kind,
        unit,
        count,
        basis: HarmBasis::Told,
        from_s: 0,
        until_s: None,
    };
    HarmRecord { harms: vec![harm] }
}

fn hours(count: Option<u64>) -> HarmRecord {
    told(HarmKind::ServiceLost, HarmUnit::Hours, count)
}

#[test]
fn counts_keep_two_digits_and_never_grow() {
    for (count, shown) in [
        (0, 0),
        (7, 7),
        (99, 99),
        (100, 100),
        (109, 100),
        (1_999, 1_900),
    ] {
        assert_eq!(rounded_down(count), shown);
    }
    assert_eq!(rounded_down(u64::MAX), 18_000_000_000_000_000_000);
    for count in 0..10_000 {
        let shown = rounded_down(count);
        assert!(shown <= count && count - shown <= count / 10);
        assert_eq!(rounded_down(shown), shown);
    }
}

#[test]
fn what_rests_on_few_is_left_out_and_said_to_be() {
    let few = MIN_HARM_RECORDS as usize - 1;
    let mut records: Vec<_> = (0..few).map(|_| hours(Some(30))).collect();
    assert_eq!(publishable(&records), (vec![], 1));
    // The fifth gives no count: there is a row, and no number that four people could take apart.
    records.push(hours(None));
    let (rows, withheld) = publishable(&records);
    assert_eq!((rows.len(), withheld), (1, 0));
    assert_eq!(
        (
            rows[0].known,
            rows[0].records_known,
            rows[0].records_unknown
        ),
        (None, 4, 1)
    );
    records.push(hours(Some(3)));
    records.push(told(HarmKind::Death, HarmUnit::People, Some(1)));
    let (rows, withheld) = publishable(&records);
    assert_eq!((rows[0].known, withheld), (Some(120), 1));
    assert!(check_rows(&rows, records.len() as u64).is_ok());
}

#[test]
fn rows_that_say_too_much_are_refused() {
    let records: Vec<_> = (0..6).map(|_| hours(Some(30))).collect();
    let (rows, _) = publishable(&records);
    let refused = |change: &dyn Fn(&mut HarmRow)| {
        let mut row = rows[0];
        change(&mut row);
        check_rows(&[row], 6).err()
    };
    assert_eq!(refused(&|_| {}), None);
    assert_eq!(
        refused(&|row| row.records_known = 4),
        Some(HarmRowError::Few(0, 4))
    );
    assert_eq!(
        refused(&|row| (row.known, row.records_known, row.records_unknown) = (Some(100), 4, 2)),
        Some(HarmRowError::Few(0, 4))
    );
    assert_eq!(
        refused(&|row| row.known = Some(181)),
        Some(HarmRowError::Exact(0))
    );
    assert_eq!(
        refused(&|row| row.records_known = 7),
        Some(HarmRowError::Many(0))
    );
    assert_eq!(
        refused(&|row| row.told_only = 7),
        Some(HarmRowError::Many(0))
    );
    assert_eq!(
        refused(&|row| row.records_known = u64::MAX),
        Some(HarmRowError::Many(0))
    );
    assert!(matches!(
        refused(&|row| row.unit = HarmUnit::Euro),
        Some(HarmRowError::Unit(0, ..))
    ));
    assert_eq!(
        check_rows(&[rows[0], rows[0]], 6),
        Err(HarmRowError::Order(1))
    );
}

#[test]
fn a_harm_record_is_read_with_its_limits() {
    let good = br#"{"harms":[{"kind":"service-lost","unit":"hours","count":30,"basis":"told","from_s":0}]}"#;
    assert_eq!(HarmRecord::from_json(good).unwrap(), hours(Some(30)));
    let named = br#"{"harms":[],"victim":"somebody"}"#;
    assert!(HarmRecord::from_json(named).is_err());
    assert!(
        HarmRecord::from_json(&vec![b' '; 16_385])
            .unwrap_err()
            .to_string()
            .contains("16384")
    );
}
