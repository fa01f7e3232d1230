//! Every question of a state: what a register would be told, and what the doctor says of it.

use std::collections::{BTreeMap, BTreeSet};

use cdx::model::customer::{self, AddressField, CustomerEdit, CustomerField};
use cdx::model::pos::PosReport;
use cdx::runtime::{AnsweredBy, NewCustomer, Place, PosError, Request, rehearse, rehearse_each};
use rusqlite::Connection;
use serde_json::Value;

use super::program::Env;

/// The operations on customers and addresses (R01 to R03).
pub const OPERATIONS: &[&str] =
    &["create-customer", "create-address", "edit-customer", "edit-address", "deactivate-address"];

/// Who an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Nobody,
    Account,
    Async,
}

/// What a dry run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadquartersGround {
    /// It goes this way, for these reasons by code.
    Goes { path: String, reasons: Vec<String>, texts: Vec<String> },
    /// It cannot be done: the error's code and its message.
    Fails { code: String, message: String },
}

impl HeadquartersGround {
    /// What the command printed.
    fn printed(report: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(error) = report.get("error") {
            return Self::Fails { code: text(&error["code"]), message: text(&error["message"]) };
        }
        let reasons = report["reasons"].as_array().unwrap();
        Self::Goes {
            path: text(&report["path"]),
            reasons: reasons.iter().map(|reason| text(&reason["code"])).collect(),
            texts: reasons.iter().map(|reason| text(&reason["text"])).collect(),
        }
    }

    /// What the command would print.
    fn of(answer: Result<PosReport, PosError>) -> Self {
        match answer {
            Ok(report) => Self::Goes {
                path: report.path.as_str().to_owned(),
                reasons: report
                    .reasons
                    .iter()
                    .map(|reason| reason.code.as_str().to_owned())
                    .collect(),
                texts: report.reasons.into_iter().map(|reason| reason.text).collect(),
            },
            Err(error) => Self::Fails {
                code: match &error {
                    PosError::MissingGround { missing, .. } => missing.code().as_str(),
                    PosError::UnknownCustomer { .. } => "unknown-customer",
                    PosError::UnknownAddress { .. } => "unknown-address",
                    PosError::Store(error) if error.file().is_some() => "file",
                    PosError::Exchange(_) | PosError::Store(_) => "headquarters",
                    PosError::UnknownInstance { .. } => "unknown-instance",
                    PosError::NoOfflineDatabase { .. } => "no-offline-database",
                }
                .to_owned(),
                message: error.to_string(),
            },
        }
    }

    /// Whether two answers are the same; the words of an error are the command's own.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fails { message, .. }, Self::Fails { message: theirs, .. }) => message == theirs,
            _ => self == other,
        }
    }

    pub fn path(&self) -> &str {
        match self {
            Self::Goes { path, .. } => path,
            Self::Fails { .. } => "fails",
        }
    }

    pub fn is_local(&self) -> bool {
        self.path() == "async" || self.path() == "local"
    }

    /// The cause of a real-time call, or of a refusal that a switch would end.
    pub fn cause(&self) -> Option<(&str, &str)> {
        match self {
            Self::Goes { path, reasons, texts }
                if path == "real-time"
                    || reasons.first().is_some_and(|c| c == "async-customer") =>
            {
                Some((reasons.last()?.as_str(), texts.last()?.as_str()))
            }
            _ => None,
        }
    }
}

/// One question and its answer.
#[derive(Debug, Clone)]
pub struct Asked {
    pub channel: String,
    pub offline: bool,
    pub instance: usize,
    pub operation: &'static str,
    pub who: Who,
    pub words: String,
    pub said: HeadquartersGround,
}

/// The customers that are asked about in a channel.
struct Customers {
    /// Each account or GUID, and an address of theirs where there is one.
    known: Vec<(Who, String, Option<String>)>,
}

impl Customers {
    fn of(env: &Env, database: &str) -> Self {
        let nobody = || Self { known: vec![(Who::Account, "00000007".to_owned(), None)] };
        let file = env.file(database);
        if !file.is_file() {
            return nobody();
        }
        let Ok(db) = Connection::open(&file) else { return nobody() };
        let text = |sql: &str| db.query_row(sql, [], |row| row.get::<_, String>(0)).ok();
        let mut known = Vec::new();
        let address_of = |account: &str| {
            text(&format!(
                "SELECT CAST(a.RECID AS TEXT) FROM ax_CUSTTABLE c
                 JOIN ax_DIRPARTYLOCATION l ON l.PARTY = c.PARTY
                 JOIN ax_LOGISTICSPOSTALADDRESS a ON a.LOCATION = l.LOCATION
                 WHERE c.ACCOUNTNUM = '{account}' ORDER BY a.RECID LIMIT 1"
            ))
        };
        let first = "SELECT ACCOUNTNUM FROM ax_CUSTTABLE WHERE ACCOUNTNUM <> '00000001' \
                     ORDER BY ACCOUNTNUM LIMIT 1";
        if let Some(account) = text(first) {
            let address = address_of(&account);
            known.push((Who::Account, account, address));
        }
        // Whom headquarters does not have any more.
        let sql = format!("ATTACH DATABASE '{}' AS hq", env.path().join("hq.db").display());
        if db.execute_batch(&sql).is_ok()
            && let Some(account) = text(
                "SELECT ACCOUNTNUM FROM ax_CUSTTABLE c WHERE NOT EXISTS
                 (SELECT 1 FROM hq.CUSTTABLE h WHERE h.ACCOUNTNUM = c.ACCOUNTNUM)
                 ORDER BY 1 DESC LIMIT 1",
            )
            && !known.iter().any(|(_, other, _)| *other == account)
        {
            let address = address_of(&account);
            known.push((Who::Account, account, address));
        }
        if known.is_empty() {
            known = nobody().known;
        }
        if let Some(guid) = text(
            "SELECT CUSTACCOUNTASYNC FROM ax_RETAILASYNCCUSTOMERV2 v WHERE CUSTACCOUNT = ''
             AND NOT EXISTS (SELECT 1 FROM ax_RETAILCUSTTABLE r
                             WHERE r.CUSTACCOUNTASYNC = v.CUSTACCOUNTASYNC)
             ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC LIMIT 1",
        ) {
            let address = text(&format!(
                "SELECT ADDRESSID FROM ax_RETAILASYNCADDRESSV2 WHERE CUSTACCOUNTASYNC = '{guid}'
                 AND OPERATION <> 3 ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC LIMIT 1"
            ));
            known.push((Who::Async, guid, address));
        }
        Self { known }
    }
}

/// An account or GUID, and an address of theirs where there is one.
type Customer<'a> = (&'a str, Option<&'a str>);

/// An operation as it is typed, and as the runtime takes it.
fn operation(
    operation: &str,
    place: &str,
    customer: Option<Customer<'_>>,
) -> Option<(String, Request)> {
    let (account, address) = customer.unwrap_or(("", None));
    let owner = account.to_owned();
    let (words, request) = match operation {
        "create-customer" => {
            let (first_name, last_name) = ("Grace".to_owned(), "Murray".to_owned());
            let customer =
                customer::Customer { first_name, last_name, ..customer::Customer::default() };
            let new = NewCustomer { customer, ..NewCustomer::default() };
            let words =
                format!("pos create-customer {place} --first-name Grace --last-name Murray");
            (words, Request::CreateCustomer(Box::new(new)))
        }
        "create-address" => {
            let set = vec![
                (AddressField::Street, "Main".to_owned()),
                (AddressField::City, "Houston".to_owned()),
            ];
            let words = format!(
                "pos create-address {place} --account {account} --street Main --city Houston"
            );
            (words, Request::CreateAddress { account: owner, set })
        }
        "edit-customer" => {
            let set = vec![CustomerEdit::Field(CustomerField::Phone, "1".to_owned())];
            let words = format!("pos edit-customer {place} --account {account} --set phone=1");
            (words, Request::EditCustomer { account: owner, set })
        }
        "edit-address" => {
            let set = vec![(AddressField::City, "Austin".to_owned())];
            let address = address?.to_owned();
            let words = format!(
                "pos edit-address {place} --account {account} --address {address} --set city=Austin"
            );
            (words, Request::EditAddress { account: owner, address, set })
        }
        _ => {
            let address = address?.to_owned();
            let words = format!("pos {operation} {place} --account {account} --address {address}");
            (words, Request::DeactivateAddress { account: owner, address })
        }
    };
    Some((words, request))
}

/// What is asked at one place.
struct Question {
    operation: &'static str,
    who: Who,
    words: String,
    request: Request,
}

/// Every operation on every customer.
fn questions(customers: &Customers, place: &str) -> Vec<Question> {
    let mut asked = Vec::new();
    for name in OPERATIONS.iter().copied() {
        let mut about: Vec<(Who, Option<Customer<'_>>)> = Vec::new();
        if name == "create-customer" {
            about.push((Who::Nobody, None));
        } else {
            for (who, account, address) in &customers.known {
                about.push((*who, Some((account.as_str(), address.as_deref()))));
            }
        }
        asked.extend(about.into_iter().filter_map(|(who, customer)| {
            let (words, request) = operation(name, place, customer)?;
            Some(Question { operation: name, who, words, request })
        }));
    }
    asked
}

/// Whether both instances of a channel's scale unit hold the same.
fn are_alike(env: &Env, channel: &str) -> bool {
    let held = |instance: usize| {
        let sql = format!("SELECT VALUE || LOADED FROM cdx_CACHE WHERE INSTANCE = {instance}");
        let db = Connection::open(env.file(channel)).ok()?;
        db.query_row(&sql, [], |row| row.get::<_, String>(0)).ok()
    };
    env.opened().0.settings().instances < 2 || !env.file(channel).is_file() || held(1) == held(2)
}

/// Asks a register of every channel, on every instance that is not like another, about every
/// operation and customer; one answer in so many is asked of the command line too.
pub fn registers(env: &Env, one_in: usize) -> Vec<Asked> {
    let (environment, catalogue) = env.opened();
    let mut asked = Vec::new();
    for store in env.stores() {
        let (channel, offline) = match store.strip_suffix(".offline") {
            Some(channel) => (channel.to_owned(), true),
            None => (store.clone(), false),
        };
        let customers = Customers::of(env, &store);
        let instances = match (offline, are_alike(env, &store)) {
            (true, _) => 0..1,
            (false, true) => 1..2,
            (false, false) => 1..3,
        };
        for instance in instances {
            let place = if offline {
                format!("--channel {channel} --offline")
            } else {
                format!("--channel {channel} --instance {instance}")
            };
            let by = if offline {
                AnsweredBy::OfflineRegister
            } else {
                AnsweredBy::ScaleUnit(instance as u32)
            };
            let at = Place { channel: &channel, by };
            let questions = questions(&customers, &place);
            let requests: Vec<Request> = questions.iter().map(|one| one.request.clone()).collect();
            let answers = match rehearse_each(&environment, catalogue, &at, &requests) {
                Ok(answers) => answers,
                // What keeps all of them from being said is told of each.
                Err(_) => requests
                    .iter()
                    .map(|request| rehearse(&environment, catalogue, &at, &[], request))
                    .collect(),
            };
            for (Question { operation, who, words, .. }, answer) in
                questions.into_iter().zip(answers)
            {
                let said = HeadquartersGround::of(answer);
                if asked.len() % one_in == one_in - 1 {
                    let printed =
                        HeadquartersGround::printed(&env.json(&format!("{words} --dry-run")));
                    assert!(said.is(&printed), "{words}: {said:?}, printed {printed:?}");
                }
                let channel = channel.clone();
                asked.push(Asked { channel, offline, instance, operation, who, words, said });
            }
        }
    }
    asked
}

/// A finding of the doctor.
#[derive(Debug, Clone)]
pub struct Finding {
    pub code: String,
    pub channel: Option<String>,
    pub key: Option<String>,
    pub feature: Option<String>,
    pub job: Option<String>,
    pub title: String,
    pub evidence: Vec<String>,
}

/// Stands for a rule that could not be carried out.
pub const CRASHED: &str = "crashed";

/// What the doctor says; none where it cannot look at all.
pub fn doctor(env: &Env) -> Option<Vec<Finding>> {
    let report = env.json("doctor");
    if report.get("error").is_some() {
        return None;
    }
    let of = |value: &Value| value.as_str().map(str::to_owned);
    let finding = |one: &Value| Finding {
        code: of(&one["code"]).unwrap(),
        channel: of(&one["subject"]["channel"]),
        key: of(&one["subject"]["key"]),
        feature: of(&one["subject"]["feature"]),
        job: of(&one["subject"]["job"]),
        title: of(&one["title"]).unwrap(),
        evidence: one["evidence"].as_array().unwrap().iter().filter_map(of).collect(),
    };
    let found = report["findings"].as_array().unwrap().iter().map(finding);
    let rules = report["rules"].as_array().unwrap().iter();
    let crashed = rules.filter(|rule| rule["state"] == "crashed").map(|rule| Finding {
        code: CRASHED.to_owned(),
        channel: None,
        key: None,
        feature: None,
        job: None,
        title: format!("{} crashed: {}", rule["code"], rule["reasons"]),
        evidence: Vec::new(),
    });
    Some(found.chain(crashed).collect())
}

/// What `features show` says of the features that make operations local: by channel.
pub fn shown(env: &Env, feature: &str) -> BTreeMap<String, Value> {
    let report = env.json(&format!("features show {feature}"));
    let channels = report["channels"].as_array().cloned().unwrap_or_default();
    channels.into_iter().map(|one| (one["channel"].as_str().unwrap().to_owned(), one)).collect()
}

/// The words that a set holds, for a message.
pub fn listed(set: &BTreeSet<String>) -> String {
    set.iter().cloned().collect::<Vec<_>>().join("; ")
}
