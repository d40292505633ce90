//! Parts of a base: what surely meets a filter, what is not known.

use solferino_incidents::{Base, BaseError, Filter, Question};

use crate::eurepoc::{files, import};

fn ids(filter: &Filter) -> (Vec<String>, usize) {
    let base = import(&files()).unwrap();
    let (part, selected) = filter.select(&base);
    let ids: Vec<String> = part.incidents.iter().map(|i| i.id.clone()).collect();
    assert_eq!((selected.of, selected.selected), (3, ids.len()));
    let within = |id: &String| ids.contains(id);
    assert!(part.effects.iter().all(|e| within(&e.incident)));
    assert!(part.attributions.iter().all(|a| within(&a.incident)));
    assert!(
        part.campaigns
            .iter()
            .all(|c| !c.incidents.is_empty() && c.incidents.iter().all(within))
    );
    (ids, selected.unknown)
}

fn named(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn year_country_and_sector_are_three_valued() {
    let none = Filter::default();
    assert!(none.is_empty());
    assert_eq!(ids(&none).0, ["7", "8", "9"]);
    let year = |year| {
        ids(&Filter {
            year: Some(year),
            ..Filter::default()
        })
    };
    // incident 9 has no start
    assert_eq!(year(2019), (vec!["7".to_owned()], 1));
    assert_eq!(year(1999), (vec![], 1));
    let initiator = |c| {
        ids(&Filter {
            initiator: named(c),
            ..Filter::default()
        })
    };
    assert_eq!(
        initiator("RURITANIA"),
        (vec!["7".to_owned(), "8".to_owned()], 1)
    );
    let receiver = |c| {
        ids(&Filter {
            receiver: named(c),
            ..Filter::default()
        })
    };
    assert_eq!(receiver("Freedonia"), (vec!["7".to_owned()], 1));
    let sector = |s| {
        ids(&Filter {
            sector: named(s),
            ..Filter::default()
        })
    };
    assert_eq!(sector("Health"), (vec!["7".to_owned()], 1));
    assert_eq!(sector("media"), (vec!["8".to_owned()], 1));
    // one no decides, whatever else is unknown
    let both = Filter {
        year: Some(2019),
        sector: named("Media"),
        ..Filter::default()
    };
    assert_eq!(ids(&both), (vec![], 1));
}

#[test]
fn a_question_of_a_part_counts_the_part() {
    let base = import(&files()).unwrap();
    let filter = Filter {
        year: Some(2020),
        ..Filter::default()
    };
    let (part, _) = filter.select(&base);
    assert_eq!(Question::AttributionBasis.answer(&part).of, 1);
}

#[test]
fn a_base_is_read_back_whole_or_not_at_all() {
    let base = import(&files()).unwrap();
    let bytes = base.write().unwrap();
    assert_eq!(
        bytes,
        import(&files()).unwrap().write().unwrap(),
        "the same tables, the same bytes"
    );
    assert_eq!(Base::read(&bytes).unwrap(), base);
    let changed = |from: &str, to: &str| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        Base::read(text.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    assert!(matches!(
        changed("incidents/1", "incidents/2"),
        BaseError::Format(_)
    ));
    assert!(matches!(
        changed("\"id\":\"8\"", "\"id\":\"7\""),
        BaseError::Twice(_)
    ));
    assert!(matches!(
        changed("\"incident\":\"8\"", "\"incident\":\"88\""),
        BaseError::Unknown(_)
    ));
    assert!(matches!(
        changed("\"incidents\"", "\"others\""),
        BaseError::Shape(_)
    ));
}
