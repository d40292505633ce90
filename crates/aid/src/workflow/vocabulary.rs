//! The closed lists of the workflow.

use crate::words::words;

words! {
    /// Where a request for help stands.
    Stage, "stage";
    /// It arrived; nobody has read it yet.
    Received = "received",
    /// A person has read it and said so.
    Acknowledged = "acknowledged",
    /// Triage finds out whether it is what it says and whether this desk may help.
    Vetting = "vetting",
    /// This desk will not help, for a stated reason.
    Declined = "declined",
    /// Somebody better placed takes it, and the requester knows who.
    Referred = "referred",
    /// This desk will help.
    Accepted = "accepted",
    /// The need is coded and the class computed from it.
    Triaged = "triaged",
    /// It is among the inputs of a round of matching, or waits for the next.
    Matching = "matching",
    /// A team is proposed to the requester.
    Offered = "offered",
    /// The requester takes the team.
    Agreed = "agreed",
    /// Responders work.
    InProgress = "in-progress",
    /// It waits for somebody; nobody is to blame for that.
    Paused = "paused",
    /// The responders think they are done.
    Resolved = "resolved",
    /// The requester says so too.
    ConfirmedByRequester = "confirmed-by-requester",
    /// Nothing more is done.
    Closed = "closed",
    /// The requester took the request back.
    Withdrawn = "withdrawn",
    /// The keys of its contents are destroyed.
    Purged = "purged",
}

words! {
    /// In which capacity somebody moves a request on. One key may have several: an officer of the desk is triage and desk.
    Role, "role";
    /// Who asked for help.
    Requester = "requester",
    /// Whom the requester named to speak for them.
    Proxy = "proxy",
    /// Those who read requests.
    Triage = "triage",
    /// Those who help.
    Responder = "responder",
    /// The desk as such: rounds of matching, waits that are over, purge.
    Desk = "desk",
}

words! {
    /// Why a request was moved on. A closed list: no free text stands in public.
    Reason, "reason";
    /// A person has read it.
    ReadByPerson = "read-by-person",
    /// Triage checks who asks and what happened.
    Checks = "checks",
    /// It is what it says.
    Verified = "verified",
    /// Somebody trusted speaks for it.
    VouchedFor = "vouched-for",
    /// The desk's mandate does not cover it.
    OutsideMandate = "outside-mandate",
    /// It is no matter of computers or networks.
    NotDigital = "not-digital",
    /// What was checked contradicts the request. Silence is no contradiction.
    Contradicted = "contradicted",
    /// It asks to act on the systems of others.
    AsksForOffence = "asks-for-offence",
    /// It is open already under another number.
    Duplicate = "duplicate",
    /// Another desk is better placed.
    BetterPlaced = "better-placed",
    /// The national or sectoral CSIRT takes it.
    Csirt = "csirt",
    /// It is for emergency services.
    EmergencyServices = "emergency-services",
    /// Nobody on the register could help.
    NobodyAble = "nobody-able",
    /// The requester has something new to say, or the referral led nowhere.
    AskedAgain = "asked-again",
    /// The need is coded.
    NeedCoded = "need-coded",
    /// The need turned out to be another.
    NeedChanged = "need-changed",
    /// A round of matching takes it in.
    RoundOpened = "round-opened",
    /// The round found a team.
    Matched = "matched",
    /// The requester takes the team.
    TeamTaken = "team-taken",
    /// The requester wants another team.
    OtherTeam = "other-team",
    /// A responder found a conflict of interest.
    Conflict = "conflict",
    /// A responder cannot come, fell ill, or was dismissed.
    ResponderLost = "responder-lost",
    /// The requester signed the scope; work begins.
    ScopeSigned = "scope-signed",
    /// It waits for the requester.
    WaitsForRequester = "waits-for-requester",
    /// It waits for somebody else.
    WaitsForOthers = "waits-for-others",
    /// The responders must rest.
    Rest = "rest",
    /// The requester asks to pause.
    RequesterAsked = "requester-asked",
    /// What it waited for is there.
    Resumed = "resumed",
    /// The work is done.
    WorkDone = "work-done",
    /// Others take over what is left.
    HandedOver = "handed-over",
    /// No more can be done.
    NoMorePossible = "no-more-possible",
    /// The requester says it is not resolved.
    NotResolved = "not-resolved",
    /// The requester says it is resolved.
    Confirmed = "confirmed",
    /// Nothing is left to do.
    Done = "done",
    /// The quiet wait is over without a word. It says nothing about anybody.
    Quiet = "quiet",
    /// The requester takes it back; nobody asks why.
    TakenBack = "taken-back",
    /// The retention period is over.
    RetentionOver = "retention-over",
    /// The requester took it back, so nothing is kept.
    AfterWithdrawal = "after-withdrawal",
}

words! {
    /// What has to have passed in a stage before a transition.
    Wait, "wait";
    /// Nothing.
    None = "none",
    /// [`Waits::quiet_s`](crate::Waits::quiet_s): time for the requester to answer.
    Quiet = "quiet",
    /// [`Waits::retention_s`](crate::Waits::retention_s): time for which contents are kept.
    Retention = "retention",
}
