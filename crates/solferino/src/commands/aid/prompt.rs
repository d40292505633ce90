//! The form, asked on the terminal: what is not asked is unknown, never guessed.

use std::io::BufRead;

use serde_json::json;

use crate::problem::{Outcome, Problem};
use crate::ui;

/// Asks what happened, line by line, and makes the form of it.
pub(super) fn form(input: &mut impl BufRead) -> Outcome<aid::Request> {
    ui::remark("What happened? In your own words; an empty line ends it.");
    let mut story = Vec::new();
    loop {
        let line = line(input)?;
        if line.is_empty() {
            break;
        }
        story.push(line);
    }
    if story.is_empty() {
        return Err(Problem::new("nothing was told").hint("one sentence is enough to begin with"));
    }
    let danger = choice(input, "Is anybody in danger?", aid::LifeSafety::ALL)?;
    let incident = choice(input, "What kind of incident is it?", aid::Incident::ALL)?;
    let language = or(ask(input, "Which language can we answer in? (en)")?, "en");
    let channel = choice(
        input,
        "How can we reach you? `desk` is with your words alone.",
        aid::Channel::ALL,
    )?;
    let address = ask(input, "Address or number there (empty for `desk`)")?;
    let yes = |text: &str| text.eq_ignore_ascii_case("yes") || text.eq_ignore_ascii_case("y");
    let share = yes(&ask(
        input,
        "May those who help you see it? Without a yes nobody can be offered to you; only a team that you take sees it, and you can change this later. (yes/no)",
    )?);
    let publish = yes(&ask(
        input,
        "May lessons be published that do not point to anybody? (yes/no)",
    )?);
    let form = json!({
        "format": aid::FORMAT, "story": story.join("\n"),
        "background": {"country": null, "organisation": null, "nationality": null, "politics": null, "donors": []},
        "contact": {"channel": channel, "address": address, "never": []},
        "languages": [language],
        "consent": {"store": true, "share_with_helpers": share, "publish_anonymised": publish},
        "times": {"onset_s": null, "detected_s": null, "deadline_s": null},
        "sector": "other", "incident": incident, "assets": [], "emblem": "unknown",
        "life_safety": danger, "people": null, "function": "unknown", "data": "unknown",
        "ongoing": "unknown", "spill_over": "unknown", "mitigation": "unknown", "done_already": "",
        "support": "unknown", "estimate": [], "on_site": "unknown", "tlp": "amber", "exclusions": [], "evidence": [],
    });
    Ok(aid::Request::from_json(form.to_string().as_bytes())?)
}

fn line(input: &mut impl BufRead) -> Outcome<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn ask(input: &mut impl BufRead, question: &str) -> Outcome<String> {
    ui::remark(question);
    line(input)
}

fn or(answer: String, otherwise: &str) -> String {
    if answer.is_empty() {
        otherwise.to_owned()
    } else {
        answer
    }
}

/// One of a closed list; what is none of them is asked again, twice at most.
fn choice<T: Copy + std::fmt::Display + std::str::FromStr>(
    input: &mut impl BufRead,
    question: &str,
    all: &[T],
) -> Outcome<String> {
    let words: Vec<_> = all.iter().map(ToString::to_string).collect();
    for _ in 0..3 {
        let answer = ask(input, &format!("{question} One of: {}", words.join(", ")))?;
        if answer.parse::<T>().is_ok() {
            return Ok(answer);
        }
    }
    Err(
        Problem::new(format!("{question} None of the words was given"))
            .hint("write a form as JSON and give it with --form (docs/aid.md, section 2)"),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_not_asked_is_unknown() {
        let told = "Messages that look like our provider's.\nSomebody signed in.\n\nnone\nintrusion\nfr\ndesk\n\nyes\nno\n";
        let form = super::form(&mut told.as_bytes()).unwrap();
        assert_eq!(
            form.story,
            "Messages that look like our provider's.\nSomebody signed in."
        );
        assert!(form.consent.share_with_helpers && !form.consent.publish_anonymised);
        assert_eq!(form.function, aid::Function::Unknown);
        assert!(super::form(&mut "\n".as_bytes()).is_err());
        assert!(super::form(&mut "a\n\nmaybe\nperhaps\nwho knows\n".as_bytes()).is_err());
    }
}
