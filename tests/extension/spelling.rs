//! Tables printed at random, in both dialects and every spelling, are read back as they were.

use std::fmt::Write as _;

use cdx::extension::repository::Repository;
use cdx::extension::schema::Schema;
use cdx::extension::script::{ColumnType, Generated, KeyKind, Literal};
use proptest::prelude::*;

/// A table, without its spelling.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    name: String,
    columns: Vec<ModelColumn>,
    key: Vec<usize>,
    unique: Option<usize>,
    index: Option<usize>,
    granted: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct ModelColumn {
    name: String,
    of: ColumnType,
    nullable: bool,
    default: Option<Literal>,
    identity: bool,
}

/// The dialect, and a supply of choices between spellings.
struct Printer {
    tsql: bool,
    choices: Vec<u8>,
    at: usize,
}

impl Printer {
    fn choose(&mut self, of: usize) -> usize {
        self.at += 1;
        self.choices[self.at % self.choices.len()] as usize % of
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.choose(of.len())]
    }

    /// White space, with a comment perhaps.
    fn gap(&mut self) -> &'static str {
        let nested = if self.tsql { " /* a /* b */ GO */ " } else { " /* a ; b */ " };
        self.pick(&[" ", "  ", "\n", "\t", " -- it's\n", nested, "\r\n"])
    }

    fn word(&mut self, word: &str) -> String {
        match self.choose(3) {
            0 => word.to_ascii_lowercase(),
            1 => word.to_ascii_uppercase(),
            _ => word
                .chars()
                .enumerate()
                .map(
                    |(at, c)| {
                        if at % 2 == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
                    },
                )
                .collect(),
        }
    }

    fn words(&mut self, words: &str) -> String {
        let mut text = String::new();
        for word in words.split(' ') {
            let word = self.word(word);
            let _ = write!(text, "{}{word}", self.gap());
        }
        text
    }

    fn name(&mut self, name: &str) -> String {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match self.choose(if plain { 3 } else { 2 }) {
            0 => format!("[{name}]"),
            1 => format!("\"{name}\""),
            _ => name.to_owned(),
        }
    }

    fn table(&mut self, table: &str) -> String {
        if self.tsql {
            let dot = self.pick(&[".", " . ", "."]);
            format!("{}{dot}{}", self.name("ext"), self.name(table))
        } else {
            self.name(&format!("ext_{table}"))
        }
    }

    fn of(&mut self, of: &ColumnType) -> String {
        let (name, rest) = match of {
            ColumnType::Text(Some(n)) => {
                (self.pick(&["nvarchar", "varchar", "nchar"]), format!("({n})"))
            }
            ColumnType::Text(None) if self.tsql => ("nvarchar", "(max)".to_owned()),
            ColumnType::Text(None) => ("text", String::new()),
            ColumnType::Int => (self.pick(&["int", "bit", "smallint", "integer"]), String::new()),
            ColumnType::BigInt => ("bigint", String::new()),
            ColumnType::Numeric(a, b) => (
                self.pick(&["numeric", "decimal"]),
                format!("{}({a},{}{b})", self.pick(&["", " "]), self.pick(&["", " "])),
            ),
            ColumnType::DateTime => {
                (self.pick(&["datetime", "datetime2", "smalldatetime"]), String::new())
            }
            ColumnType::Guid => ("uniqueidentifier", String::new()),
            other => panic!("{other} is not printed"),
        };
        let name = self.word(name);
        let quoted = self.tsql && self.choose(3) == 0;
        if quoted { format!("[{name}]{rest}") } else { format!("{name}{rest}") }
    }

    fn literal(&mut self, literal: &Literal) -> String {
        let plain = match literal {
            Literal::Null => self.word("null"),
            Literal::Number(n) => n.clone(),
            Literal::Text(text) => {
                let n = if self.tsql { self.pick(&["", "N"]) } else { "" };
                format!("{n}'{}'", text.replace('\'', "''"))
            }
            Literal::Expression(text) => text.clone(),
        };
        match self.choose(3) {
            0 => plain,
            1 => format!("({plain})"),
            _ => format!("(({plain}))"),
        }
    }

    fn column(&mut self, column: &ModelColumn) -> String {
        let mut text = format!("{}{}{}", self.name(&column.name), self.gap(), self.of(&column.of));
        if column.identity {
            let seed = self.pick(&["", "(1,1)", " (1, 1)"]);
            let words = self.words("identity");
            let _ = write!(text, "{words}{seed}");
        }
        let null = if column.nullable { "null" } else { "not null" };
        let said = !column.nullable || self.choose(2) == 0;
        let first = self.choose(2) == 0;
        if said && first {
            text.push_str(&self.words(null));
        }
        if let Some(default) = &column.default {
            if self.tsql && self.choose(2) == 0 {
                let _ = write!(
                    text,
                    "{} {}",
                    self.words("constraint"),
                    self.name(&format!("DF_{}", column.name))
                );
            }
            let _ = write!(text, "{} {}", self.words("default"), self.literal(default));
        }
        if said && !first {
            text.push_str(&self.words(null));
        }
        text
    }

    fn list(&mut self, model: &Model, columns: &[usize]) -> String {
        let names: Vec<String> = columns
            .iter()
            .map(|at| {
                format!(
                    "{}{}",
                    self.name(&model.columns[*at].name),
                    self.pick(&["", " ASC", " desc"])
                )
            })
            .collect();
        format!("({})", names.join(self.pick(&[",", ", ", " ,\n"])))
    }

    fn create(&mut self, model: &Model) -> String {
        let mut parts: Vec<String> =
            model.columns.iter().map(|column| self.column(column)).collect();
        let name = if self.choose(2) == 0 {
            format!("{} {}", self.words("constraint"), self.name(&format!("PK_{}", model.name)))
        } else {
            String::new()
        };
        let how = if self.tsql { self.pick(&["", " CLUSTERED", " nonclustered"]) } else { "" };
        let with = if self.tsql {
            self.pick(&["", " WITH (PAD_INDEX = OFF, FILLFACTOR = 80)", " ON [PRIMARY]"])
        } else {
            ""
        };
        let list = self.list(model, &model.key);
        let key = format!("{name}{}{how}{}{list}{with}", self.words("primary key"), self.gap());
        if self.tsql && self.choose(4) == 0 {
            // Two real scripts have no comma there, and SQL Server takes it.
            let last = parts.pop().unwrap_or_default();
            parts.push(format!("{last}\n{key}"));
        } else {
            parts.push(key);
        }
        if let Some(at) = model.unique {
            let list = self.list(model, &[at]);
            parts.push(format!("{}{list}", self.words("unique")));
        }
        if self.choose(3) == 0 {
            parts.push("CHECK (1 = 1)".to_owned());
        }
        let body = parts.join(self.pick(&[",", ",\n    ", " , "]));
        let end = if self.tsql {
            self.pick(&["", " ON [PRIMARY]", " ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]"])
        } else {
            ""
        };
        let table = self.table(&model.name);
        format!("{}{}{table}{}({body}){end}", self.words("create table"), self.gap(), self.gap())
    }

    fn guarded(&mut self, model: &Model, create: &str) -> String {
        let name = format!("[ext].[{}]", model.name);
        match self.choose(5) {
            0 => format!("IF OBJECT_ID(N'{name}', N'U') IS NULL {create}"),
            1 => format!("IF (SELECT OBJECT_ID('{name}')) IS NULL\nBEGIN\n{create}\nEND"),
            2 => format!(
                "if not exists (select 1 from sys.tables t where t.name = '{}' and schema_name(t.schema_id) = 'ext') begin {create}; end",
                model.name
            ),
            3 => format!("IF OBJECT_ID('{name}') IS NOT NULL DROP TABLE {name}\nGO\n{create}"),
            _ => create.to_owned(),
        }
    }

    fn script(&mut self, models: &[Model]) -> String {
        let mut text = if self.tsql {
            self.pick(&["", "SET ANSI_NULLS ON\nGO\n", "\u{feff}"]).to_owned()
        } else {
            String::new()
        };
        for model in models {
            let create = self.create(model);
            let end = if self.tsql {
                self.pick(&["\nGO\n", ";\n", "\n;GO 5\n", "\ngo -- done\n"])
            } else {
                ";\n"
            };
            let whole = if self.tsql { self.guarded(model, &create) } else { create };
            let _ = write!(text, "{whole}{end}");
            if let Some(at) = model.index {
                let list = self.list(model, &[at]);
                let table = self.table(&model.name);
                let _ = write!(
                    text,
                    "{} IX_{} ON {table} {list}{end}",
                    self.words("create index"),
                    model.name
                );
            }
            if self.tsql && model.granted {
                let on = self.pick(&["OBJECT::", "", "object :: "]);
                let table = self.table(&model.name);
                let _ = write!(
                    text,
                    "{} SELECT, INSERT ON {on}{table} TO [DataSyncUsersRole]{end}",
                    self.word("grant")
                );
            }
            if self.tsql && self.choose(3) == 0 {
                text.push_str("\nGO\nCREATE PROCEDURE ext.P AS BEGIN CREATE TABLE ext.NOT_MADE (A int) END\nGO\n");
            }
        }
        text
    }
}

fn column(at: usize) -> impl Strategy<Value = ModelColumn> {
    let of = prop_oneof![
        (1u32..400).prop_map(|n| ColumnType::Text(Some(n))),
        Just(ColumnType::Text(None)),
        Just(ColumnType::Int),
        Just(ColumnType::BigInt),
        (1u32..30, 0u32..10).prop_map(|(a, b)| ColumnType::Numeric(a, b)),
        Just(ColumnType::DateTime),
        Just(ColumnType::Guid),
    ];
    let default = prop_oneof![
        2 => Just(None),
        1 => Just(Some(Literal::Null)),
        1 => (-9i32..99).prop_map(|n| Some(Literal::Number(n.to_string()))),
        1 => "[a-z' ]{0,6}".prop_map(|text| Some(Literal::Text(text))),
    ];
    let names = prop_oneof![
        Just(format!("C{at}")),
        Just(format!("Select {at}")),
        Just(format!("A.B_{at}")),
        Just(format!("Straße{at}")),
        Just(format!("KEY{at}")),
    ];
    (names, of, any::<bool>(), default).prop_map(|(name, of, nullable, default)| ModelColumn {
        name,
        of,
        nullable,
        default,
        identity: false,
    })
}

fn model(at: usize) -> impl Strategy<Value = Model> {
    let columns = (2usize..7).prop_flat_map(|many| (0..many).map(column).collect::<Vec<_>>());
    let picks = (any::<bool>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<bool>());
    (columns, picks).prop_map(move |(mut columns, (identity, key, unique, index, granted))| {
        let many = columns.len();
        let first = key as usize % many;
        let mut in_key = vec![first];
        if key % 3 == 0 {
            in_key.push((first + 1) % many);
        }
        for at in &in_key {
            columns[*at].nullable = false;
        }
        if identity {
            let counts = &mut columns[(first + many - 1) % many];
            counts.of = ColumnType::Int;
            counts.nullable = false;
            counts.default = None;
            counts.identity = true;
        }
        let pick = |byte: u8| byte.is_multiple_of(2).then(|| byte as usize % many);
        Model {
            name: format!("T{at}_SEATS"),
            columns,
            key: in_key,
            unique: pick(unique),
            index: pick(index),
            granted,
        }
    })
}

/// What a script says, as a model again.
fn read(text: &str, name: &str, tsql: bool) -> Option<Model> {
    let repository = Repository::of_texts([("db/1.sql", text)]);
    let mut schema = Schema::default();
    schema.run(&repository.scripts, false);
    let table =
        if tsql { schema.table("ext", name) } else { schema.table("dbo", &format!("ext_{name}")) }?;
    let columns: Vec<ModelColumn> = table
        .columns
        .iter()
        .map(|column| ModelColumn {
            name: column.name.value.clone(),
            of: column.column_type.value.clone(),
            nullable: table.allows_null(column),
            default: column.default.as_ref().map(|default| default.value.clone()),
            identity: column
                .generated
                .as_ref()
                .is_some_and(|made| made.value == Generated::Identity),
        })
        .collect();
    let place = |name: &str| columns.iter().position(|column| column.name == name);
    let of = |kind: KeyKind| table.keys.iter().filter(move |key| key.kind == kind);
    let one = |kind: KeyKind| of(kind).next().and_then(|key| place(&key.columns[0].value));
    let key = of(KeyKind::Primary).next()?;
    Some(Model {
        name: name.to_owned(),
        key: key.columns.iter().filter_map(|column| place(&column.value)).collect(),
        unique: one(KeyKind::Unique),
        index: one(KeyKind::Index),
        granted: !table.grants.is_empty(),
        columns,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_printed_table_is_read_back(
        models in (model(0), model(1)),
        tsql in any::<bool>(),
        choices in prop::collection::vec(any::<u8>(), 40..120),
    ) {
        let mut models = [models.0, models.1];
        if !tsql {
            for model in &mut models {
                model.granted = false;
                // In SQLite's dialect a column that counts is the key, by another word.
                model.columns.iter_mut().for_each(|column| column.identity = false);
            }
        }
        let text = Printer { tsql, choices, at: 0 }.script(&models);
        for model in &models {
            let found = read(&text, &model.name, tsql);
            prop_assert_eq!(found.as_ref(), Some(model), "{}", text);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,300}") {
        read(&text, "T", true);
    }

    #[test]
    fn no_mixture_of_words_is_too_strange(
        words in prop::collection::vec(
            prop::sample::select(&[
                "CREATE", "TABLE", "ext", ".", "T", "(", ")", ",", "int", "IF", "BEGIN", "END",
                "ELSE", "OBJECT_ID", "'ext.T'", "IS", "NOT", "NULL", "EXISTS", "SELECT", "FROM",
                "sys.tables", "WHERE", "name", "=", "GO\n", ";", "ALTER", "ADD", "DEFAULT", "FOR",
                "CONSTRAINT", "PRIMARY", "KEY", "UNIQUE", "INDEX", "ON", "DROP", "GRANT", "TO", "[",
                "]", "'", "\"", "/*", "*/", "--", "\n", "RENAME", "COLUMN", "AS", "WITH", "CASE",
                "TRIGGER", "PROCEDURE", "VIEW", "#x", "@v", "-", "1", "EXEC", "USE", "IDENTITY",
            ][..]),
            0..60,
        )
    ) {
        read(&words.join(" "), "T", true);
    }
}
