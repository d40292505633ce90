//! Asking for help: online, or in a file that travels by any hand. And offering it.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::kind::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::prompt;
use super::readers::sealed_to;
use super::server::At;
use super::words::{self, WordsAt};
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, ui};

/// What the offline file says it is.
const FORMAT: &str = "solferino.org/aid-request@v1";
/// Largest offline file, in bytes.
const MAX_FILE_BYTES: u64 = 2 << 20;

/// Ask for help, without an account
///
/// Asks what happened, makes twelve words, seals it on this machine to the officers of the desk, and sends it. The words are
/// printed once: write them down.
#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    #[command(flatten)]
    at: At,
    /// The form as JSON (docs/aid.md, section 2); without it the questions are asked here
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// Write the sealed request into a file instead of sending it; `solferino aid send` sends it later
    #[arg(long, value_name = "FILE")]
    offline: Option<PathBuf>,
    /// Write the words into this file, for yourself alone, instead of printing them
    #[arg(long, value_name = "FILE")]
    words_out: Option<PathBuf>,
    /// Key of somebody who may speak for you
    #[arg(long, value_name = "VKEY", requires = "proxy_recipient")]
    proxy: Option<String>,
    /// Their age recipient: what you tell is sealed to them too
    #[arg(long, value_name = "AGE1", requires = "proxy")]
    proxy_recipient: Option<String>,
}

/// Send a request that was written into a file
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Offer to help: seals a profile and signs the code of conduct
#[derive(Debug, clap::Args)]
pub(crate) struct Enlist {
    #[command(flatten)]
    at: At,
    /// The profile as JSON (docs/aid.md, section 5)
    profile: PathBuf,
    /// File of the responder's private key; the key is named `responder`, for the names of keys are public
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your age recipient: what a requester tells its team is sealed to it
    #[arg(long, value_name = "AGE1")]
    recipient: String,
    /// SHA-256 of the code of conduct you have read and sign
    #[arg(long, value_name = "SHA256")]
    code: String,
}

/// The offline file. It holds no words, and nothing that anybody but the desk and the requester can read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offline {
    format: String,
    origin: String,
    body: Value,
    sealed: Vec<String>,
}

pub(crate) fn request(args: &Request) -> Outcome {
    let form = match &args.form {
        Some(file) => {
            let bytes = files::read(file, aid::MAX_FORM_BYTES as u64)?;
            aid::Request::from_json(&bytes).map_err(|e| Problem::from(e).of(file.display()))?
        }
        None => prompt::form(&mut std::io::stdin().lock())?,
    };
    let desk = args.at.desk()?;
    let words = words::fresh()?;
    let who = words::requester(&words, &desk.origin)?;
    let sealed_to = sealed_to(&args.at, &desk, None)?;
    let mut to = sealed_to.recipients;
    to.push(who.identity.to_public());
    to.extend(words::recipients(args.proxy_recipient.as_slice())?);
    let (item, age) = words::seal(&form.to_json()?, &to)?;
    let mut body = json!({
        "items": [item], "desk": sealed_to.desk,
        "consent": {
            "share_with_helpers": form.consent.share_with_helpers,
            "publish_anonymised": form.consent.publish_anonymised,
        },
        "recipient": who.identity.to_public().to_string(),
    });
    if let (Some(key), Some(recipient)) = (&args.proxy, &args.proxy_recipient) {
        body["proxy"] = json!({"key": key, "recipient": recipient});
    }
    // The words first: a request whose words are lost is nobody's.
    match &args.words_out {
        Some(file) => files::write_new(file, format!("{words}\n").as_bytes(), Mode::Secret)?,
        None => ui::line(format!(
            "your twelve words, which nobody can give you again:\n\n  {words}\n"
        )),
    }
    if let Some(file) = &args.offline {
        return write_offline(file, &desk.origin, body, &age);
    }
    let told = args.at.hand_over(
        "/api/v1/aid/requests",
        &who.key,
        Kind::AidRequest,
        body,
        &[age],
    )?;
    tell(&told);
    Ok(Exit::Ok)
}

fn write_offline(file: &Path, origin: &str, body: Value, age: &[u8]) -> Outcome {
    let offline = Offline {
        format: FORMAT.to_owned(),
        origin: origin.to_owned(),
        body,
        sealed: vec![STANDARD.encode(age)],
    };
    files::write_new(
        file,
        serde_json::to_string(&offline)?.as_bytes(),
        Mode::Secret,
    )?;
    ui::line(format!("sealed: {}", file.display()));
    ui::line(format!(
        "send it with: solferino aid send {} --url ADDRESS",
        file.display()
    ));
    Ok(Exit::Ok)
}

fn tell(told: &Value) {
    let id = told["id"].as_str().unwrap_or_default();
    ui::line(format!("asked: request {id}"));
    ui::line("a person will read it; `solferino aid status` shows what became of it");
}

pub(crate) fn send(args: &Send) -> Outcome {
    let bytes = files::read(&args.file, MAX_FILE_BYTES)?;
    let offline: Offline = serde_json::from_slice(&bytes).map_err(|e| {
        Problem::from(e)
            .of(args.file.display())
            .hint("`solferino aid request --offline FILE` or the page /aid writes such a file")
    })?;
    let desk = args.at.desk()?;
    if offline.format != FORMAT || offline.origin != desk.origin {
        let text = format!(
            "the file is {:?} for {:?}; this server's record is {:?}",
            offline.format, offline.origin, desk.origin
        );
        return Err(Problem::new(text).hint("send it to the desk it was sealed for"));
    }
    let who = args.words.read(&desk.origin)?;
    let sealed: Result<Vec<_>, _> = offline.sealed.iter().map(|s| STANDARD.decode(s)).collect();
    let told = args.at.hand_over(
        "/api/v1/aid/requests",
        &who.key,
        Kind::AidRequest,
        offline.body,
        &sealed?,
    )?;
    tell(&told);
    Ok(Exit::Ok)
}

pub(crate) fn enlist(args: &Enlist) -> Outcome {
    let profile = files::read(&args.profile, aid::MAX_PROFILE_BYTES as u64)?;
    aid::Profile::from_json(&profile).map_err(|e| Problem::from(e).of(args.profile.display()))?;
    let key = keys::read(&args.key)?;
    let desk = args.at.desk()?;
    let code = &desk.policy["code"];
    if code["sha256"].as_str() != Some(&args.code) {
        let text = format!("the desk's code of conduct is {code}, not {}", args.code);
        return Err(Problem::new(text).hint("read the code in force, then sign its SHA-256"));
    }
    let to = sealed_to(&args.at, &desk, None)?.recipients;
    let (item, age) = words::seal(&profile, &to)?;
    let body = json!({"profile": item, "recipient": args.recipient, "code": code});
    let told = args
        .at
        .hand_over("/api/v1/aid/items", &key, Kind::AidEnlist, body, &[age])?;
    ui::line(format!(
        "enlisted: {}",
        told["id"].as_str().unwrap_or_default()
    ));
    ui::line("an officer vets you; until then you are offered nothing");
    Ok(Exit::Ok)
}
