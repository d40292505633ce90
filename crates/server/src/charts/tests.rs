//! Each drawing: said in words, within its bounds, mirrored whole, inert.

use super::*;

fn said(rtl: bool) -> Said<'static> {
    Said {
        id: "c",
        title: "A <title>",
        desc: "How to read it",
        rtl,
    }
}

fn bar(value: f64, cap: f64) -> Bar {
    Bar {
        label: "<b>\u{202e}x".to_owned(),
        value,
        cap,
        figure: "1 %".to_owned(),
    }
}

fn drawings(rtl: bool) -> Vec<String> {
    let range = Range {
        label: "a".into(),
        p: 0.5,
        low: 0.2,
        high: 1.0,
        figure: "f".into(),
    };
    let link = |own| Link {
        source: "s".repeat(90),
        origin: format!("o{own}"),
        own,
    };
    let marks = vec![
        Mark {
            at: 5,
            sign: Sign::Ring,
        },
        Mark {
            at: 7,
            sign: Sign::Dot,
        },
        Mark {
            at: 9,
            sign: Sign::Square,
        },
    ];
    let squares = Squares {
        label: "r".into(),
        counts: [2, 1, 1, 30],
    };
    let shown = Interval {
        p: 0.9,
        low: 0.7,
        high: 0.99,
        label: "very likely",
        ends: ["never", "surely"],
    };
    vec![
        interval(said(rtl), shown),
        ranges(said(rtl), &[range]),
        bars(said(rtl), &[bar(0.3, 0.0)], 0.8),
        caps(said(rtl), &[bar(1.2, 1.1), bar(-0.4, 1.1)]),
        votes(said(rtl), &[squares]),
        graph(said(rtl), &[link(true), link(false)]),
        timeline(
            said(rtl),
            &[Lane {
                label: "l".into(),
                marks,
            }],
            ["first", "last"],
        ),
    ]
    .into_iter()
    .map(|m| m.0)
    .collect()
}

/// All values of an attribute.
fn values(svg: &str, attribute: &str) -> Vec<f64> {
    let begins = format!(" {attribute}=\"");
    let parts = svg.split(begins.as_str()).skip(1);
    parts
        .map(|p| p.split('"').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn each_says_what_it_shows_and_how_to_read_it() {
    for svg in drawings(false) {
        assert!(
            svg.contains("role=\"img\" aria-labelledby=\"c-title c-desc\""),
            "{svg}"
        );
        assert!(
            svg.contains("<title id=\"c-title\">A &#60;title&#62;</title>"),
            "{svg}"
        );
        assert!(
            svg.contains("<desc id=\"c-desc\">How to read it</desc>"),
            "{svg}"
        );
        assert!(!svg.contains("style="), "{svg}");
    }
}

#[test]
fn nothing_in_a_label_runs_or_turns_the_text() {
    for svg in drawings(false).into_iter().chain(drawings(true)) {
        assert!(!svg.contains("<b>") && !svg.contains('\u{202e}'), "{svg}");
        assert!(!svg.contains(&"s".repeat(31)), "{svg}");
    }
}

#[test]
fn everything_lies_within_the_drawing_in_both_directions() {
    for svg in drawings(false).into_iter().chain(drawings(true)) {
        let width = values(&svg, "width")[0];
        let height = values(&svg, "height")[0];
        for x in ["x", "x1", "x2", "cx"]
            .into_iter()
            .flat_map(|a| values(&svg, a))
        {
            assert!((0.0..=width).contains(&x), "{x} of {width}: {svg}");
        }
        for y in ["y", "y1", "y2", "cy"]
            .into_iter()
            .flat_map(|a| values(&svg, a))
        {
            assert!((0.0..=height).contains(&y), "{y} of {height}: {svg}");
        }
    }
}

#[test]
fn from_right_to_left_is_the_mirror_image() {
    for (ltr, rtl) in drawings(false).into_iter().zip(drawings(true)) {
        let width = values(&ltr, "width")[0];
        let mirrored: Vec<_> = values(&ltr, "x1").iter().map(|x| width - x).collect();
        let there = values(&rtl, "x1");
        assert!(
            mirrored
                .iter()
                .zip(&there)
                .all(|(a, b)| (a - b).abs() < 0.11),
            "{rtl}"
        );
        assert!(rtl.contains("direction=\"rtl\""));
    }
}

#[test]
fn numbers_beyond_the_scale_stay_on_it() {
    let svg = bars(said(false), &[bar(7.0, 0.0)], f64::from(9_u8)).0;
    assert!(values(&svg, "width").iter().all(|w| *w <= 360.0), "{svg}");
    let empty = timeline(said(false), &[], ["", ""]).0;
    assert!(empty.ends_with("</svg>"));
}
