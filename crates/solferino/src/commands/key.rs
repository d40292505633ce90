//! `solferino key`.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::body::members::{Enrol, EnrolledRole, possession_text};
use record::ids::{Country, MemberId, Vkey};
use serde_json::json;
use tlog::{Hash, KeyType, SigningKey};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, keys, ui};

/// Make and look at keys
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    New(New),
    Show(Show),
    Possession(Possession),
}

/// Make a key from the operating system's randomness
///
/// With --out the private key goes into a file of mode 0600, and the public key and its digest to
/// standard output. Without, the private key goes to standard output and the rest to standard error.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// Name of the key; for a log key, the origin of the record
    name: String,
    /// File of the private key; must not exist
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Make the next key as well, into FILE.next, and print its digest for next_key_sha256
    #[arg(long, requires = "out")]
    with_next: bool,
    /// Make an ML-DSA-44 key (type 0x06): a log's second key, for the charter's field log_mldsa
    #[arg(long, conflicts_with = "with_next")]
    mldsa: bool,
}

/// Show the public half of a key file
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// File of a private key
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Print the body of a member.enrol with the new member's proof that it holds the key
///
/// The member runs this and sends the output to the registrar, who submits it.
#[derive(Debug, clap::Args)]
pub(crate) struct Possession {
    /// File of the member's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Digest of its next public key, as `key new --with-next` prints it
    #[arg(long, value_name = "SHA256")]
    next_key_sha256: Hash,
    /// Origin of the record
    #[arg(long)]
    origin: String,
    /// The member's identifier
    #[arg(long)]
    member: MemberId,
    /// investigator, laboratory, state or company
    #[arg(long, value_parser = role)]
    role: EnrolledRole,
    /// ISO 3166-1 alpha-2 code
    #[arg(long)]
    jurisdiction: Country,
}

fn role(text: &str) -> Result<EnrolledRole, String> {
    serde_json::from_value(json!(text)).map_err(|e| e.to_string())
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::New(args) => new(&args),
        Command::Show(args) => show(&args),
        Command::Possession(args) => possession(args),
    }
}

fn new(args: &New) -> Outcome {
    let key_type = match args.mldsa {
        true => KeyType::SubtreeV1,
        false => KeyType::Ed25519,
    };
    let key = keys::fresh_of(&args.name, key_type).map_err(|p| {
        p.hint("a key's name has no white space and no +, like record.example/ours")
    })?;
    let Some(out) = &args.out else {
        ui::line(key.to_text());
        ui::remark(public(&key)?.1);
        return Ok(Exit::Ok);
    };
    keys::write(out, &key)?;
    ui::line(format!(
        "private key     {} (keep it secret)",
        out.display()
    ));
    ui::line(public(&key)?.1);
    if args.with_next {
        let path = files::beside(out, ".next");
        let next = keys::fresh(&args.name)?;
        keys::write(&path, &next)?;
        ui::line(format!(
            "next key        {} (keep it apart)",
            path.display()
        ));
        ui::line(format!("next_key_sha256 {}", public(&next)?.0.digest()));
    }
    Ok(Exit::Ok)
}

/// The public key, and two lines about it.
fn public(key: &SigningKey) -> Outcome<(Vkey, String)> {
    let vkey: Vkey = key.verifier_key().to_string().parse()?;
    let text = format!("public key      {vkey}\nits sha256      {}", vkey.digest());
    Ok((vkey, text))
}

fn show(args: &Show) -> Outcome {
    let (vkey, text) = public(&keys::read(Path::new(&args.file))?)?;
    if args.json {
        ui::json(&json!({"vkey": vkey, "sha256": vkey.digest()}));
    } else {
        ui::line(text);
    }
    Ok(Exit::Ok)
}

fn possession(args: Possession) -> Outcome {
    let key = keys::read(&args.key)?;
    let mut enrol = Enrol {
        member: args.member,
        role: args.role,
        jurisdiction: args.jurisdiction,
        key: public(&key)?.0,
        next_key_sha256: args.next_key_sha256,
        possession: String::new(),
    };
    if enrol.key.digest() == enrol.next_key_sha256 {
        let problem = Problem::new("the next key is the key itself");
        return Err(problem.hint("`solferino key new NAME --out FILE --with-next` makes two"));
    }
    let text = possession_text(&args.origin, &enrol);
    enrol.possession = STANDARD.encode(key.sign_raw(text.as_bytes()));
    ui::json(&json!({"type": "member.enrol", "body": enrol}));
    Ok(Exit::Ok)
}
