//! Repositories that are consistent by their making: a description in plain data, and the files
//! that say it.

#![allow(clippy::struct_excessive_bools, reason = "a plan is what is so, and what is not")]

use std::fmt::Write as _;

use super::harness::{self, Texts};

/// Chance, from numbers that a test can make smaller: the first choice once there are none left.
pub struct Dice(std::vec::IntoIter<u32>);

impl Dice {
    pub fn new(numbers: Vec<u32>) -> Self {
        Self(numbers.into_iter())
    }

    /// A number below this one.
    pub fn below(&mut self, most: usize) -> usize {
        self.0.next().map_or(0, |number| number as usize % most)
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Characters: in headquarters, and in the channel, where zero is any number.
    Text(u32, u32),
    Number(&'static str, &'static str),
}

#[derive(Debug, Clone)]
pub struct Column {
    pub field: String,
    pub column: String,
    pub kind: Kind,
    /// How many types lead to the length; none: the field says it.
    chain: usize,
    pub default: bool,
    pub nullable: bool,
    pub identity: bool,
    /// Added by a later script.
    late: bool,
    pub mapped: bool,
    pub in_hq: bool,
    pub in_channel: bool,
}

#[derive(Debug, Clone)]
pub struct Table {
    /// The subjob, and headquarters' table.
    pub name: String,
    pub target: String,
    /// What the scripts call it.
    pub made: String,
    pub upload: bool,
    pub company: bool,
    /// It extends a table of the product, which has this key.
    pub extends: Option<&'static [&'static str]>,
    /// How many of its columns are its key; none: RECID is.
    pub key: usize,
    /// A further column of the channel's key.
    pub more_key: Option<String>,
    pub columns: Vec<Column>,
    pub indexed: bool,
    pub guard: usize,
    pub roles: Vec<&'static str>,
    grants: usize,
    style: usize,
    pub job: String,
    pub override_target: bool,
    /// What stands before the script.
    pub before: String,
    /// Which document and handler it is of.
    document: usize,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub tables: Vec<Table>,
    documents: usize,
    pub registered: bool,
}

pub const COUNTER: &str = "ReplicationCounterFromOrigin";
pub const ROLES: [&str; 3] = ["DataSyncUsersRole", "UsersRole", "DeployExtensibilityRole"];
const KINDS: [(&str, &str); 5] = [
    ("Int", "int"),
    ("Int64", "bigint"),
    ("Real", "numeric(32, 16)"),
    ("Date", "datetime"),
    ("Guid", "uniqueidentifier"),
];
const BASES: [(&str, bool, &[&str]); 3] = [
    ("CustTable", false, &["ACCOUNTNUM", "DATAAREAID"]),
    ("RetailChannelTable", false, &["RECID"]),
    ("RetailCustTable", false, &["ACCOUNTNUM", "DATAAREAID"]),
];

pub fn plan(dice: &mut Dice) -> Plan {
    let documents = 1 + dice.below(2);
    let tables = (0..=dice.below(3)).map(|at| table(dice, at, documents)).collect();
    Plan { tables, documents, registered: true }
}

fn table(dice: &mut Dice, at: usize, documents: usize) -> Table {
    let upload = dice.yes();
    let extends = (!upload && dice.yes()).then(|| BASES[at % BASES.len()]);
    let name = extends.map_or_else(|| format!("ContosoThing{at}"), |base| base.0.to_owned());
    let company = dice.yes();
    let count = 2 + dice.below(4);
    let mut columns: Vec<Column> = (0..count).map(|n| column(dice, n)).collect();
    let key = match extends {
        Some(_) => 0,
        None if upload => 1 + dice.below(2),
        None => dice.below(3),
    };
    for one in &mut columns[..key] {
        one.late = false;
        // A key that is not among the fields has the same name on both sides.
        one.mapped = upload || dice.yes();
        if !one.mapped {
            one.column.clone_from(&one.field);
        }
    }
    if upload {
        columns.push(Column { identity: true, late: false, ..counter() });
    }
    let target = if dice.yes() { name.clone() } else { format!("ContosoTarget{at}") };
    Table {
        made: target.clone(),
        target,
        name,
        upload,
        company,
        extends: extends.map(|base| base.2),
        key,
        more_key: None,
        columns,
        indexed: upload,
        guard: dice.below(4),
        roles: ROLES.to_vec(),
        grants: dice.below(3),
        style: dice.below(4),
        job: (*dice.pick(&["ContosoJob", "CONTOSOJOB", "1010", "1040", "P-0001", "P-1000"]))
            .to_owned(),
        override_target: false,
        before: String::new(),
        document: dice.below(documents),
    }
}

fn column(dice: &mut Dice, at: usize) -> Column {
    let long = 1 + dice.below(60) as u32;
    let kind = if dice.yes() {
        let (hq, channel) = KINDS[dice.below(KINDS.len())];
        Kind::Number(hq, channel)
    } else {
        Kind::Text(long, long)
    };
    let field = format!("Field{at}");
    Column {
        column: if dice.yes() { format!("Column{at}") } else { field.clone() },
        field,
        kind,
        chain: dice.below(4),
        default: dice.yes(),
        nullable: false,
        identity: false,
        late: dice.below(3) == 1,
        mapped: true,
        in_hq: true,
        in_channel: true,
    }
}

fn counter() -> Column {
    Column {
        field: COUNTER.to_owned(),
        column: COUNTER.to_owned(),
        kind: Kind::Number("Int", "int"),
        ..column(&mut Dice::new(Vec::new()), 0)
    }
}

impl Plan {
    /// The files that say it, as they lie in a repository.
    pub fn texts(&self) -> Texts {
        let mut texts = Vec::new();
        for document in 0..self.documents {
            let own = self.tables.iter().filter(|table| table.document == document);
            let jobs = if document == 0 { "<Jobs><Job Id=\"ContosoJob\"/></Jobs>" } else { "" };
            let inner = own.map(Table::subjob).collect::<String>();
            let name = format!("Model/Doc{document}");
            texts.push(harness::seed(&name, &format!("{jobs}{inner}")));
            let resource = format!(
                "<AxResource><Name>R{document}</Name><FileName>Doc{document}.xml</FileName></AxResource>"
            );
            texts.push((format!("Model/R{document}.xml"), resource));
        }
        texts.push(("Model/Handler.xml".to_owned(), self.handler()));
        for (at, table) in self.tables.iter().enumerate() {
            texts.extend(table.metadata());
            texts.push(harness::script(&format!("1{at}"), &table.script()));
            texts.push(harness::script(&format!("2{at}"), &table.late()));
        }
        texts
    }

    fn handler(&self) -> String {
        let mut code =
            "registerCDXSeedDataExtension if (r == resourceStr(RetailCDXSeedDataAX7)) {".to_owned();
        for document in usize::from(!self.registered)..self.documents {
            write!(code, " l.addEnd(resourceStr(R{document}));").unwrap();
        }
        format!("<AxClass><Name>H</Name><Source><![CDATA[{code} }}]]></Source></AxClass>")
    }
}

impl Table {
    /// How a name is spelt in the scripts.
    fn spell(&self, name: &str) -> String {
        match self.style {
            0 => name.to_owned(),
            1 => format!("[{}]", name.to_uppercase()),
            2 => name.to_uppercase(),
            _ => format!("\"{}\"", name.to_lowercase()),
        }
    }

    fn dotted(&self) -> String {
        format!("{}.{}", self.spell("ext"), self.spell(&self.made))
    }

    fn subjob(&self) -> String {
        let mut attributes = format!("Id=\"{}\"", self.name);
        if self.extends.is_none() {
            write!(attributes, " AxTableName=\"{}\"", self.name).unwrap();
        } else {
            write!(
                attributes,
                " OverrideTarget=\"{}\" TargetTableSchema=\"ext\"",
                self.override_target
            )
            .unwrap();
        }
        if self.target != self.name || self.extends.is_some() {
            write!(attributes, " TargetTableName=\"{}\"", self.target).unwrap();
        }
        if self.upload {
            write!(attributes, " IsUpload=\"true\" ReplicationCounterFieldName=\"{COUNTER}\"")
                .unwrap();
        }
        let fields = self.columns.iter().filter(|column| column.mapped).map(|column| {
            let to = (column.field != column.column).then(|| format!(">{}", column.column));
            format!("{}{}", column.field, to.unwrap_or_default())
        });
        let fields: Vec<String> = fields.collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let jobs = format!(
            "<ScheduledByJobs><ScheduledByJob>{}</ScheduledByJob></ScheduledByJobs></Subjob>",
            self.job
        );
        harness::subjob(&attributes, &fields).replace("</Subjob>", &jobs)
    }

    /// Headquarters' table, or what extends it, and the types of its fields.
    fn metadata(&self) -> Texts {
        let mut texts = Vec::new();
        let mut fields = Vec::new();
        for column in self.columns.iter().filter(|column| column.in_hq) {
            let Column { field, kind, chain, .. } = column;
            match kind {
                Kind::Number(hq, _) => fields.push(format!("{field}:{hq}")),
                Kind::Text(long, _) if *chain == 0 => fields.push(format!("{field}:{long}")),
                Kind::Text(long, _) => {
                    let name = |at: usize| format!("{}{field}Type{at}", self.name);
                    fields.push(format!("{field}:{}", name(1)));
                    texts.push(harness::data_type(&format!("{}:{long}", name(*chain))));
                    let links = (1..*chain).map(|at| format!("{}<{}", name(at), name(at + 1)));
                    texts.extend(links.map(|link| harness::data_type(&link)));
                }
            }
        }
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        if self.extends.is_some() {
            texts.push(harness::extension(&self.name, &fields));
        } else {
            let key = self.columns[..self.key].iter().map(|column| column.field.as_str());
            let key = key.collect::<Vec<_>>().join("+");
            let unique: &[&str] = if key.is_empty() { &[] } else { &[&key] };
            texts.push(harness::table(&self.name, &fields, unique, self.company));
        }
        texts
    }

    fn key(&self) -> Vec<String> {
        let mut key: Vec<String> = match self.extends {
            Some(key) => key.iter().map(|name| (*name).to_owned()).collect(),
            None if self.key == 0 => vec!["RECID".to_owned()],
            None => self.columns[..self.key].iter().map(|one| one.column.clone()).collect(),
        };
        if self.extends.is_none() && self.key > 0 && self.company {
            key.push("DATAAREAID".to_owned());
        }
        key.extend(self.more_key.clone());
        key
    }

    fn script(&self) -> String {
        let name = self.dotted();
        let bare = format!("[ext].[{}]", self.made);
        let guard = match self.guard {
            0 => format!("IF OBJECT_ID(N'{bare}', N'U') IS NULL\nBEGIN\n"),
            1 => format!(
                "IF NOT EXISTS (SELECT * FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE t.name = '{}' AND s.name = 'ext')\nBEGIN\n",
                self.made
            ),
            2 => format!(
                "IF NOT EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'ext' AND TABLE_NAME = '{}')\nBEGIN\n",
                self.made
            ),
            3 => format!("IF OBJECT_ID('{bare}') IS NULL\nBEGIN\n"),
            _ => String::new(),
        };
        let mut text = format!("{}\nGO\n{guard}CREATE TABLE {name} (\n", self.before);
        let own = self.columns.iter().filter(|column| column.in_channel && !column.late);
        let mut lines: Vec<String> = own.map(|column| self.declared(column)).collect();
        let listed = |name: &String| self.columns.iter().any(|one| one.column == *name);
        for column in self.key().iter().filter(|name| !listed(name)) {
            let kind = match column.as_str() {
                "RECID" => "bigint",
                "DATAAREAID" => "nvarchar(4)",
                _ => "nvarchar(20)",
            };
            lines.push(format!("{} {kind} NOT NULL", self.spell(column)));
        }
        let key = self.key().iter().map(|name| self.spell(name)).collect::<Vec<_>>().join(", ");
        lines.push(format!("CONSTRAINT {} PRIMARY KEY ({key})", self.spell("PK")));
        write!(text, "{}\n)\n", lines.join(",\n")).unwrap();
        text += if guard.is_empty() { "GO\n" } else { "END\nGO\n" };
        text + &self.grants(&name)
    }

    fn grants(&self, name: &str) -> String {
        let rights = "GRANT SELECT, INSERT, UPDATE, DELETE ON";
        let each = |on: &str| {
            let one = |role: &&str| format!("{rights} {on} TO [{role}]\nGO\n");
            self.roles.iter().map(one).collect::<String>()
        };
        match self.grants {
            0 => each(&format!("OBJECT::{name}")),
            1 => each(name),
            _ => format!("{rights} {name} TO {}\nGO\n", self.roles.join(", ")),
        }
    }

    /// What later scripts add.
    fn late(&self) -> String {
        let name = self.dotted();
        let mut text = String::new();
        for column in self.columns.iter().filter(|column| column.in_channel && column.late) {
            let declared = self.declared(column);
            let guard = format!("COL_LENGTH('ext.{}', '{}')", self.made, column.column);
            write!(text, "IF {guard} IS NULL\n    ALTER TABLE {name} ADD {declared}\nGO\n")
                .unwrap();
        }
        if self.indexed {
            let index = format!("IX_{}", self.made);
            let guard = format!("SELECT 1 FROM sys.indexes WHERE name = '{index}'");
            let counter = self.spell(COUNTER);
            write!(
                text,
                "IF NOT EXISTS ({guard})\n    CREATE INDEX {index} ON {name} ({counter})\nGO\n"
            )
            .unwrap();
        }
        text
    }

    fn declared(&self, column: &Column) -> String {
        let kind = match column.kind {
            Kind::Text(_, 0) => "nvarchar(max)".to_owned(),
            Kind::Text(_, long) => format!("nvarchar({long})"),
            Kind::Number(_, kind) => kind.to_owned(),
        };
        let identity = if column.identity { " IDENTITY(1,1)" } else { "" };
        let null = if column.nullable { "NULL" } else { "NOT NULL" };
        let default = match (column.default, column.kind) {
            (false, _) => "",
            (true, Kind::Text(..)) => " DEFAULT (N'')",
            (true, Kind::Number(..)) => " DEFAULT ((0))",
        };
        format!("{} {kind}{identity} {null}{default}", self.spell(&column.column))
    }
}
