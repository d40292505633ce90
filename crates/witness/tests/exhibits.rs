//! Public exhibits of a played case: fetched, and kept only if they are what was declared.

use std::collections::BTreeMap;

use record::ids::StatementId;
use record::seal::Opening;
use record::state::{State, is_public};
use rehearsal::{Desk, DeskError, Procedure, Stored, corpus, play_stage};
use solferino_witness::mirror::source::Source;
use solferino_witness::mirror::{Mirror, init};
use store::Record;
use store::vault::MAX_EXHIBIT_BYTES;

use crate::body::{cast, founded_at, genesis};
use crate::support::{home, seed};

/// A record as the desk a body plays at.
struct RecordDesk<'a>(&'a Record);

fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::Store(error.to_string())
}

impl Desk for RecordDesk<'_> {
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError> {
        let answers = self.0.submit_all_blocking(entries).into_iter();
        answers
            .map(|answer| answer.map(|submitted| submitted.id).map_err(failed))
            .collect()
    }
    fn set_time(&mut self, time: record::time::Timestamp) -> Result<(), DeskError> {
        self.0.set_time(time).map_err(failed)
    }
    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R {
        at(&self.0.state())
    }
    fn store(&mut self, content: &[u8]) -> Result<Stored, DeskError> {
        let stored = self.0.vault().put(content, MAX_EXHIBIT_BYTES);
        let stored = stored.map_err(failed)?;
        Ok(Stored {
            sha256: stored.sha256,
            ciphertext_sha256: stored.ciphertext_sha256,
        })
    }
    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError> {
        self.0.keep_opening(&id, opening).map_err(failed)
    }
    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError> {
        self.0.opening(id).map_err(failed)
    }
}

/// The log, and whatever exhibits it pleases to hand out.
struct Site<'a> {
    record: &'a Record,
    exhibits: BTreeMap<String, Vec<u8>>,
}

impl Source for Site<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match path.strip_prefix("api/v1/exhibits/") {
            Some(hash) => Ok(self.exhibits.get(hash).cloned()),
            None => self.record.tile(path).map_err(|error| error.to_string()),
        }
    }
}

#[test]
fn public_exhibits_are_fetched_and_kept_only_if_their_hash_is_the_declared_one() {
    let home = home();
    let record = Record::create(&home.path().join("r"), &cast().log, &genesis(&[])).unwrap();
    let cast = cast();
    let mut desk = RecordDesk(&record);
    let mut procedure = Procedure::new(&cast, &mut desk, founded_at());
    procedure.enrol_all().unwrap();
    let scripts = corpus::cases().unwrap();
    play_stage(&mut procedure, scripts.first().unwrap(), 0).unwrap();
    let public: Vec<tlog::Hash> = {
        let state = record.state();
        let cases = state.cases.values();
        cases
            .flat_map(|case| {
                let public = case.exhibits.iter();
                public
                    .filter(|(_, exhibit)| is_public(&state, case, exhibit))
                    .map(|(hash, _)| *hash)
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    assert!(public.len() >= 3, "{public:?}");
    let content = |hash: &tlog::Hash| record.vault().read_all(hash, MAX_EXHIBIT_BYTES).unwrap();
    let mut site = Site {
        record: &record,
        exhibits: public.iter().map(|h| (h.to_string(), content(h))).collect(),
    };
    // One changed, one withheld.
    let (changed, withheld) = (public[0].to_string(), public[1].to_string());
    site.exhibits.get_mut(&changed).unwrap().push(0);
    site.exhibits.remove(&withheld);
    let dir = home.path().join("m");
    init(
        &dir,
        "mirror.example/m",
        seed("m"),
        &record.trust_file().unwrap(),
    )
    .unwrap();
    let mirror = Mirror::open(&dir, &|_, _| {}).unwrap();
    let report = mirror.follow(&site, &|_, _| {}).unwrap().exhibits;
    assert_eq!(report.held, public.len() - 2);
    assert_eq!(report.wrong, std::slice::from_ref(&changed));
    assert_eq!(report.missing, std::slice::from_ref(&withheld));
    assert!(!dir.join("exhibits").join(&changed).exists());
    // The next round asks again for what is not there, and for nothing else.
    site.exhibits = public
        .iter()
        .take(2)
        .map(|h| (h.to_string(), content(h)))
        .collect();
    let report = mirror.follow(&site, &|_, _| {}).unwrap().exhibits;
    assert_eq!((report.held, report.missing.len()), (public.len(), 0));
    for hash in &public {
        let held = std::fs::read(dir.join("exhibits").join(hash.to_string())).unwrap();
        assert_eq!(tlog::sha256(&held), *hash);
    }
}
