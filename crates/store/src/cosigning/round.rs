//! One round of asking all witnesses of a policy.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tlog::{
    AddCheckpoint, Checkpoint, Note, NoteSignature, Policy, PolicyWitness, Tree, VerifierKey,
    consistency_proof, open_checkpoint, parse_signature_lines, parse_size_body,
};

use super::worker::{Answered, Job, Worker};
use super::{Cosigners, MAX_COSIGNATURE_SKEW_S, Reply, missing};
use crate::error::StoreError;

/// Times one witness is asked in a round: its memory may differ from what the log thinks once,
/// and may have moved once more meanwhile.
const MAX_ASKS: u32 = 3;

/// What is being cosigned.
struct Subject<'a> {
    note: Note,
    checkpoint: Checkpoint,
    tree: &'a Tree,
}

struct Round<'a> {
    subject: Subject<'a>,
    policy: &'a Policy,
    answers: Sender<Answered>,
    /// Times each witness was asked; gone once it has answered for good.
    open: BTreeMap<VerifierKey, u32>,
    signed: BTreeMap<VerifierKey, NoteSignature>,
    problems: Vec<String>,
}

/// Asks, waits, and gives the note with the cosignatures if they make the quorum.
pub(super) fn run(
    cosigners: &mut Cosigners,
    note: &[u8],
    log: &VerifierKey,
    tree: &Tree,
    policy: &Policy,
) -> Result<Vec<u8>, StoreError> {
    let (checkpoint, note) = open_checkpoint(note, log)
        .map_err(|error| StoreError::damaged_by("the checkpoint to be cosigned", &error))?;
    let (answers, incoming) = channel();
    let mut round = Round {
        subject: Subject {
            note,
            checkpoint,
            tree,
        },
        policy,
        answers,
        open: BTreeMap::new(),
        signed: BTreeMap::new(),
        problems: Vec::new(),
    };
    for witness in policy.witnesses() {
        round.begin(cosigners, witness)?;
    }
    round.wait(cosigners, &incoming);
    if !round.is_quorum() {
        return Err(missing(policy, round.problems.join("; ")));
    }
    let mut note = round.subject.note;
    // In the order of the policy's lines, so that the same cosignatures make the same bytes.
    let signed = policy.witnesses().iter();
    note.signatures
        .extend(signed.filter_map(|witness| round.signed.remove(&witness.key)));
    Ok(note.to_string().into_bytes())
}

impl Round<'_> {
    /// Asks a witness for the first time in this round.
    fn begin(
        &mut self,
        cosigners: &mut Cosigners,
        witness: &PolicyWitness,
    ) -> Result<(), StoreError> {
        let (Some(transport), Some(url)) = (&cosigners.transport, &witness.url) else {
            return Ok(());
        };
        let moved = cosigners
            .workers
            .get(&witness.key)
            .is_none_or(|worker| worker.url != *url);
        if moved {
            let worker = Worker::start(transport, &witness.key, url)?;
            cosigners.workers.insert(witness.key.clone(), worker);
        }
        self.open.insert(witness.key.clone(), 0);
        self.ask(cosigners, &witness.key);
        Ok(())
    }

    /// Sends a request from the size the witness is thought to have cosigned last.
    fn ask(&mut self, cosigners: &mut Cosigners, by: &VerifierKey) {
        let Some(worker) = cosigners.workers.get_mut(by) else {
            return;
        };
        let new = self.subject.checkpoint.size;
        let asks = self.open.entry(by.clone()).or_default();
        *asks += 1;
        if *asks > MAX_ASKS {
            return self.give_up(by, "it names another size each time it is asked");
        }
        // Before the first answer the log does not know. A size the witness does not have is told.
        let old = worker.size.unwrap_or(0).min(new);
        let proof = match consistency_proof(self.subject.tree, old, new) {
            Ok(proof) => proof,
            Err(error) => {
                return self.give_up(by, &format!("there is no proof from size {old}: {error}"));
            }
        };
        let request = AddCheckpoint {
            old,
            proof,
            note: self.subject.note.clone(),
            checkpoint: self.subject.checkpoint.clone(),
        };
        let job = Job {
            body: request.to_string().into_bytes(),
            answer: self.answers.clone(),
        };
        if !worker.ask(job) {
            self.give_up(by, "it has not answered the earlier requests yet");
        }
    }

    fn give_up(&mut self, by: &VerifierKey, problem: &str) {
        self.open.remove(by);
        self.problems.push(format!("{}: {problem}", by.name()));
    }

    /// Takes answers until all have answered, the time is over, or the quorum is met and the grace
    /// is over.
    fn wait(&mut self, cosigners: &mut Cosigners, incoming: &Receiver<Answered>) {
        let patience = cosigners.patience;
        let mut until = Instant::now() + patience.round;
        let mut met = false;
        while !self.open.is_empty() {
            if !met && self.is_quorum() {
                met = true;
                until = until.min(Instant::now() + patience.grace);
            }
            let left = until.saturating_duration_since(Instant::now());
            match incoming.recv_timeout(left) {
                Ok(answered) => self.take(cosigners, &answered),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        let silent: Vec<VerifierKey> = self.open.keys().cloned().collect();
        for by in silent {
            self.give_up(&by, "no answer in time");
        }
    }

    fn take(&mut self, cosigners: &mut Cosigners, answered: &Answered) {
        let by = &answered.by;
        if !self.open.contains_key(by) {
            return;
        }
        let reply = match &answered.reply {
            Ok(reply) => reply,
            Err(problem) => return self.give_up(by, problem),
        };
        match reply.status {
            200 => match self.subject.signature(by, reply) {
                Ok(signature) => {
                    self.open.remove(by);
                    self.signed.insert(by.clone(), signature);
                    if let Some(worker) = cosigners.workers.get_mut(by) {
                        worker.size = Some(self.subject.checkpoint.size);
                    }
                }
                Err(problem) => self.give_up(by, &problem),
            },
            409 => self.resync(cosigners, by, reply),
            status => {
                let said = String::from_utf8_lossy(&reply.body);
                let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
                self.give_up(by, &format!("it answered {status}: {said}"));
            }
        }
    }

    /// The witness cosigned another size last than the log thought.
    fn resync(&mut self, cosigners: &mut Cosigners, by: &VerifierKey, reply: &Reply) {
        let Ok(size) = parse_size_body(&reply.body) else {
            return self.give_up(by, "its answer 409 holds no size");
        };
        let ours = self.subject.checkpoint.size;
        if size > ours {
            let problem = format!(
                "it has cosigned a tree of {size} entries and this log has {ours}: this log was \
                 rolled back, or its key signs elsewhere"
            );
            return self.give_up(by, &problem);
        }
        if let Some(worker) = cosigners.workers.get_mut(by) {
            worker.size = Some(size);
        }
        self.ask(cosigners, by);
    }

    fn is_quorum(&self) -> bool {
        let keys: Vec<VerifierKey> = self.signed.keys().cloned().collect();
        self.policy.is_satisfied_by(&keys)
    }
}

impl Subject<'_> {
    /// The cosignature in an answer, verified over this very checkpoint.
    fn signature(&self, by: &VerifierKey, reply: &Reply) -> Result<NoteSignature, String> {
        let lines = parse_signature_lines(&reply.body).map_err(|error| error.to_string())?;
        let note = Note {
            text: self.note.text.clone(),
            signatures: lines,
        };
        let verified = note
            .verify(std::slice::from_ref(by))
            .map_err(|error| error.to_string())?;
        let found = verified.first().and_then(|verified| {
            let line = note.signatures.get(verified.position)?;
            Some((verified.timestamp.unwrap_or(0), line.clone()))
        });
        let (time, signature) = found.ok_or("it did not sign")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |since| since.as_secs());
        if time.abs_diff(now) > MAX_COSIGNATURE_SKEW_S {
            return Err(format!(
                "its cosignature has the time {time}, this machine's is {now}; more than \
                 {MAX_COSIGNATURE_SKEW_S} s lie between"
            ));
        }
        Ok(signature)
    }
}
