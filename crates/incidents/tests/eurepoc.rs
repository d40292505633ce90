//! Small tables of our own in the publisher's form.

use proptest::prelude::*;
use solferino_incidents::{ImportError, Question, eurepoc};

const TYPES: &str = "\
ID,incident_type,weighted_cyber_intensity,start_date,receiver_country
7,Data theft,2.5,2019-03-04,Freedonia
7,Disruption,2.5,2019-03-04,Freedonia
7,Data theft,2.5,2019-03-04,Sylvania
8,Disruption,,2020-01-01,Sylvania
9,Disruption,1,,Unknown
";
const INITIATORS: &str = "\
ID,initiator_country,initiator_category,initiator_name
7,Ruritania,State,Grey Heron
7,Ruritania,State,Grey Heron
8,Ruritania,\"Non-state actor, state-affiliation suggested\",Grey Heron
9,Not available,Non-state-group,
";
const SECTORS: &str = "\
ID,receiver_country,receiver_category,receiver_category_subcode
7,Freedonia,Critical infrastructure,Health
7,Freedonia,Critical infrastructure,Health
8,Sylvania,Media,
";
const BASIS: &str = "\
ID,attribution_ID,attribution_date,attribution_basis_clean,initiator_country
7,70,2019-05-01,Industry attribution,Ruritania
7,70,2019-05-01,Industry attribution,Sylvania
8,80,,Industry attribution,Ruritania
8,81,2020-06-01,Political attribution,Ruritania
";
const LAGS: &str = "\
ID,date_difference_ind,date_difference_pol,date_difference_att,date_difference_third,date_difference_other
7,58,,,,
8,,152,-3,,
";
const RESPONSES: &str = "\
ID,political_response,legal_response,response
7,0,0,0
8,1,0,1
9,0,0,0
";

pub(crate) fn files() -> [String; 6] {
    [TYPES, INITIATORS, SECTORS, BASIS, LAGS, RESPONSES].map(str::to_owned)
}

pub(crate) fn import(files: &[String; 6]) -> Result<solferino_incidents::Base, ImportError> {
    eurepoc::import(&files.each_ref().map(|f| f.as_bytes()))
}

#[test]
fn four_record_types_stay_apart() {
    let base = import(&files()).unwrap();
    let ids: Vec<&str> = base.incidents.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["7", "8", "9"]);
    assert_eq!(base.incidents[0].types, ["Data theft", "Disruption"]);
    assert_eq!(base.incidents[0].receivers, ["Freedonia", "Sylvania"]);
    assert_eq!(base.incidents[0].intensity_milli, Some(2_500));
    assert!(base.incidents[1].start.as_ref().unwrap().maybe_year_only);
    assert_eq!(base.effects.len(), 2);
    // attribution 70 is one attribution that names two countries; 80 and 81 are two
    assert_eq!(base.attributions.len(), 3);
    assert_eq!(base.attributions[0].countries, ["Ruritania", "Sylvania"]);
    assert_eq!(base.attributions[1].date, None);
    assert_eq!(base.campaigns.len(), 1);
    assert_eq!(base.campaigns[0].incidents, ["7", "8"]);
    let repeats: Vec<usize> = base.report.tables.iter().map(|t| t.repeats).collect();
    assert_eq!(repeats, [0, 1, 1, 0, 0, 0]);
}

#[test]
fn answers_state_unit_rule_and_unknown() {
    let base = import(&files()).unwrap();
    let basis = Question::AttributionBasis.answer(&base);
    let figures: Vec<i64> = basis.rows.iter().map(|r| r.n).collect();
    assert_eq!(figures, [2, 1, 1, 1]);
    let whom = Question::WhoAttackedWhom.answer(&base);
    assert_eq!(whom.rows[0].label, "Ruritania → Sylvania");
    assert_eq!((whom.rows[0].n, whom.of, whom.unknown), (2, 2, 0));
    let time = Question::TimeToAttribution.answer(&base);
    let figure = |label: &str| time.rows.iter().find(|r| r.label == label).map(|r| r.n);
    assert_eq!(figure("industry: median, days"), Some(58));
    assert_eq!(figure("attacker: before the coded start"), Some(1));
    assert_eq!(time.unknown, 1);
    let answered = Question::Responses.answer(&base);
    assert_eq!(
        (answered.of, answered.unknown, answered.rows[0].n),
        (2, 1, 1)
    );
    for question in Question::ALL {
        let answer = question.answer(&base);
        assert!(!answer.unit.is_empty() && !answer.rule.is_empty());
        assert!(answer.unknown <= answer.of);
        assert_eq!(Question::named(question.as_str()), Some(question));
    }
}

/// Each way a dataset can be broken: which table, what to replace, what the error says.
#[test]
fn a_broken_dataset_is_refused_whole_with_the_place() {
    let rows = [
        (0, "incident_type,", "type,", "no column incident_type"),
        (
            0,
            "2019-03-04,Sylvania",
            "2019-03-05,Sylvania",
            "incident 7 has start_date",
        ),
        (
            0,
            "2.5,2019-03-04,Sylvania",
            "2.6,2019-03-04,Sylvania",
            "weighted_cyber_intensity",
        ),
        (
            0,
            "2.5,2019-03-04,Freedonia",
            "much,2019-03-04,Freedonia",
            "not a decimal",
        ),
        (0, "2020-01-01", "2020-13-01", "not a day YYYY-MM-DD"),
        (0, "2020-01-01", "2021-02-29", "not a day YYYY-MM-DD"),
        (0, "9,Disruption", ",Disruption", "not an identifier"),
        (0, "9,Disruption,1,,Unknown", "9,Disruption,1", "CSV error"),
        (1, "9,Not", "10,Not", "incident 10 is not in incident_types"),
        (3, "2020-06-01", "June", "not a day"),
        (4, "58", "58.5", "not a whole number"),
        (5, "8,1,0,1", "8,yes,0,1", "not 0 or 1"),
        (
            5,
            "9,0,0,0\n",
            "9,0,0,0\n9,1,0,1\n",
            "incident 9 has response",
        ),
    ];
    for (table, from, to, says) in rows {
        let mut files = files();
        let broken = files[table].replacen(from, to, 1);
        assert_ne!(broken, files[table], "{from} is not in the table");
        files[table] = broken;
        let error = import(&files).unwrap_err().to_string();
        assert!(error.contains(says), "{from} -> {to}: {error}");
        assert!(error.contains(eurepoc::TABLES[table]), "{error}");
    }
    let mut bytes = files().map(String::into_bytes);
    bytes[2][80] = 0xff;
    let error = eurepoc::import(&bytes.each_ref().map(Vec::as_slice)).unwrap_err();
    assert!(error.to_string().contains("UTF-8"), "{error}");
}

proptest! {
    /// No row order of the other tables changes a record or a count.
    #[test]
    fn row_order_changes_no_count(seed in any::<u64>()) {
        let mut files = files();
        for file in files.iter_mut().skip(1) {
            let (head, body) = file.split_once('\n').unwrap();
            let mut lines: Vec<&str> = body.lines().collect();
            let by = usize::try_from(seed % 7).unwrap() % lines.len();
            lines.rotate_left(by);
            *file = format!("{head}\n{}\n", lines.join("\n"));
        }
        let (plain, turned) = (import(&self::files()).unwrap(), import(&files).unwrap());
        for question in Question::ALL {
            prop_assert_eq!(question.answer(&plain), question.answer(&turned));
        }
        prop_assert_eq!(plain.attributions, turned.attributions);
        prop_assert_eq!(plain.effects, turned.effects);
    }
}
