//! A finding on paper: printed by a browser, pages counted, its words found again.
//!
//! Needs Debian's chromium, and pdftotext (poppler-utils) for the words; without them it says so and
//! checks what it can.

use std::process::Command;

use server::Config;
use tokio::net::TcpListener;

use crate::desk::played;

/// Pages a finding may take on A4, in each language.
const MAX_PAGES: usize = 14;

fn answers(program: &str, argument: &str) -> bool {
    let run = Command::new(program).arg(argument).output();
    run.is_ok_and(|output| output.status.success())
}

/// Pages of a PDF: its page objects, which chromium writes uncompressed.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count()
}

/// Says it where it is seen although the test passes.
#[allow(clippy::print_stderr)]
fn said(line: &str) {
    eprintln!("paper: {line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_prints_whole_in_every_language() {
    if !answers("chromium", "--version") {
        return said("SKIPPED, there is no chromium");
    }
    let played = played();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let record = played.stage.record.clone();
    let router = server::router(record, Config::default());
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let home = tempfile::tempdir().unwrap();
    let id = played.findings.last().unwrap().to_string();
    for (base, words) in [
        (
            "",
            [
                "Finding on case",
                "What happened?",
                "Standards of proof, gate by gate",
            ],
        ),
        (
            "/fr",
            [
                "Constatation sur",
                "Que s’est-il passé ?",
                "Degrés de preuve",
            ],
        ),
        ("/ar", ["sony-2014", "S1", "DPRK"]),
    ] {
        let pdf = home
            .path()
            .join(format!("finding{}.pdf", base.replace('/', "-")));
        let print = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
            ])
            .arg(format!(
                "--user-data-dir={}",
                home.path().join("browser").display()
            ))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(format!("http://{address}{base}/findings/{id}"))
            .output();
        let print = tokio::task::spawn_blocking(|| print)
            .await
            .unwrap()
            .unwrap();
        assert!(
            print.status.success(),
            "{}",
            String::from_utf8_lossy(&print.stderr)
        );
        let bytes = std::fs::read(&pdf).unwrap();
        let count = pages(&bytes);
        assert!((2..=MAX_PAGES).contains(&count), "{base}: {count} pages");
        if !answers("pdftotext", "-v") {
            said("the words were NOT CHECKED, there is no pdftotext (poppler-utils)");
            continue;
        }
        let text = Command::new("pdftotext")
            .args(["-layout"])
            .arg(&pdf)
            .arg("-")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        for word in words {
            assert!(
                text.contains(word),
                "{base} lacks {word} on paper:\n{text:.3000}"
            );
        }
        // What is long must not be cut off at the edge: the whole identity stands there, in parts.
        let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(
            joined.contains(&id),
            "{base} lacks the whole identity on paper"
        );
    }
    served.abort();
}
