//! What is to be published now: all that is new when the record has grown, and what could not be written, by itself and after
//! pauses that double. So one publication that fails for ever costs next to nothing, and no other is made or written again for it.

use std::collections::HashSet;
use std::time::Duration;

use store::taxii::Publication;

/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// When something that failed is tried again. Times are since any one moment.
#[derive(Clone, Copy, Debug, Default)]
struct Pause {
    failures: u32,
    until: Duration,
}

impl Pause {
    fn is_over(&self, now: Duration) -> bool {
        now >= self.until
    }

    fn failed(&mut self, now: Duration) {
        let doubled = 2_u32.saturating_pow(self.failures);
        let pause = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.until = now.saturating_add(pause);
    }
}

/// A publication that is to be written.
#[derive(Debug)]
pub(super) struct Unwritten {
    pub(super) publication: Publication,
    pause: Pause,
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Step {
    /// Ask the publisher what the record publishes, and say so with [`Due::made`] or [`Due::not_made`].
    Ask,
    /// Write these, and say of each that failed [`Due::not_written`].
    Write(Vec<Unwritten>),
    /// Nothing.
    Rest,
}

/// How far publishing is.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// Entries of the record when the publisher was asked last.
    asked: Option<u64>,
    asking: Pause,
    left: Vec<Unwritten>,
}

impl Due {
    /// What to do with a record of so many entries.
    pub(super) fn next(&mut self, size: u64, now: Duration) -> Step {
        if self.asked != Some(size) && self.asking.is_over(now) {
            return Step::Ask;
        }
        let is_due = |left: &mut Unwritten| left.pause.is_over(now);
        let due: Vec<_> = self.left.extract_if(.., is_due).collect();
        if due.is_empty() {
            Step::Rest
        } else {
            Step::Write(due)
        }
    }

    /// The publisher made these of a record of so many entries; they are to be written now. What was left and comes again in
    /// them is forgotten.
    pub(super) fn made(&mut self, size: u64, made: Vec<Publication>) -> Vec<Unwritten> {
        self.asked = Some(size);
        self.asking = Pause::default();
        let covers = |new: &Publication, old: &Publication| {
            new.collection == old.collection && ids(old).is_subset(&ids(new))
        };
        self.left.retain(|left| {
            let again = made.iter().any(|new| covers(new, &left.publication));
            !again
        });
        let unwritten = |publication| Unwritten {
            publication,
            pause: Pause::default(),
        };
        made.into_iter().map(unwritten).collect()
    }

    /// The publisher made nothing, and is asked again.
    pub(super) fn not_made(&mut self, now: Duration) {
        self.asking.failed(now);
    }

    /// This could not be written.
    pub(super) fn not_written(&mut self, mut unwritten: Unwritten, now: Duration) {
        unwritten.pause.failed(now);
        self.left.push(unwritten);
    }
}

/// Identifiers of the objects of a publication.
fn ids(publication: &Publication) -> HashSet<String> {
    let id = |object: &String| {
        let object: serde_json::Value = serde_json::from_str(object).ok()?;
        object.get("id")?.as_str().map(str::to_owned)
    };
    publication.objects.iter().filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use store::taxii::PublishedIn;

    use super::*;

    fn of(ids: &[&str]) -> Publication {
        let object = |id: &&str| format!("{{\"id\":\"{id}\"}}");
        Publication {
            collection: PublishedIn::Findings,
            objects: ids.iter().map(object).collect(),
        }
    }

    /// Publishing over a day, five seconds a look: how often the publisher is asked, and what is written when.
    #[derive(Default)]
    struct Day {
        due: Due,
        now: u64,
        asked: usize,
        /// First object of each publication that was written or tried, with the second.
        tried: Vec<(String, u64)>,
    }

    impl Day {
        fn look(&mut self, size: u64, made: &[Publication], is_bad: impl Fn(&str) -> bool) {
            let now = Duration::from_secs(self.now);
            let unwritten = match self.due.next(size, now) {
                Step::Rest => Vec::new(),
                Step::Ask => {
                    self.asked += 1;
                    self.due.made(size, made.to_vec())
                }
                Step::Write(left) => left,
            };
            for one in unwritten {
                let name = one.publication.objects[0].clone();
                self.tried.push((name.clone(), self.now));
                if is_bad(&name) {
                    self.due.not_written(one, now);
                }
            }
            self.now += 5;
        }

        fn tries(&self, name: &str) -> Vec<u64> {
            let of = self.tried.iter().filter(|(one, _)| one.contains(name));
            of.map(|(_, at)| *at).collect()
        }
    }

    #[test]
    fn one_that_fails_is_tried_by_itself_ever_more_seldom() {
        let made = [of(&["good"]), of(&["bad"]), of(&["fine"])];
        let mut day = Day::default();
        for _ in 0..86_400 / 5 {
            day.look(7, &made, |name| name.contains("bad"));
        }
        assert_eq!(day.asked, 1, "the record did not grow");
        assert_eq!((day.tries("good"), day.tries("fine")), (vec![0], vec![0]));
        let tries = day.tries("bad");
        assert_eq!(tries[..5], [0, 10, 30, 70, 150]);
        assert!(tries.len() < 40, "{} tries", tries.len());
        let last: Vec<_> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(last.last(), Some(&3_600));
        // Once it can be written it is, and nothing is left to do.
        for _ in 0..2_000 {
            day.look(7, &made, |_| false);
        }
        assert_eq!(day.tries("bad").len(), tries.len() + 1);
        assert!(matches!(
            day.due.next(7, Duration::from_secs(1_000_000)),
            Step::Rest
        ));
    }

    #[test]
    fn what_comes_again_is_not_tried_in_its_earlier_form_too() {
        let mut day = Day::default();
        day.look(1, &[of(&["bad", "b"]), of(&["bad-too"])], |_| true);
        // The case has grown: its publication comes again, with more in it, and is tried at once.
        day.look(2, &[of(&["bad", "b", "c"])], |_| true);
        assert_eq!(day.due.left.len(), 2);
        assert_eq!(day.asked, 2);
        assert_eq!(day.tries("\"bad\""), [0, 5]);
        assert_eq!(day.tries("bad-too"), [0]);
    }

    #[test]
    fn a_publisher_that_makes_nothing_is_asked_ever_more_seldom_and_then_for_what_is() {
        let mut due = Due::default();
        let mut asked = Vec::new();
        for second in (0..1_000).step_by(5) {
            let now = Duration::from_secs(second);
            // The record grows all the time.
            if let Step::Ask = due.next(second, now) {
                asked.push(second);
                due.not_made(now);
            }
        }
        assert_eq!(asked, [0, 10, 30, 70, 150, 310, 630]);
        assert!(due.made(9, vec![of(&["a"])]).len() == 1);
        assert!(matches!(
            due.next(10, Duration::from_secs(1_000)),
            Step::Ask
        ));
    }
}
