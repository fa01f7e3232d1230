//! A model as a script, whose text is what places in it show.

use std::collections::HashMap;

use super::model::{Model, ModelColumn, ModelKey, ModelTable};
use crate::extension::script::{
    Action, ColumnType, Default, Generated, KeyKind, Literal, NewColumn, NewKey, NewTable,
    ObjectName, Script, Statement,
};
use crate::model::source::{Located, Source, SourceId, Sources, Span};

/// Writes a model; the text becomes a list of tables of this name.
pub(super) fn write(model: Model, name: &str, sources: &mut Sources) -> Script {
    let source = sources.next();
    let mut keys: HashMap<Vec<String>, Vec<ModelKey>> = HashMap::new();
    for key in model.keys {
        keys.entry(lower(&key.table)).or_default().push(key);
    }
    let defaults = model.defaults.into_iter().map(|(column, text)| (lower(&column), text));
    let defaults: HashMap<Vec<String>, String> = defaults.collect();
    let mut writer = Writer { source, text: String::new(), defaults };
    let mut statements = Vec::new();
    for table in model.tables {
        let own = keys.remove(&lower(&table.name)).unwrap_or_default();
        statements.push(writer.table(table, own));
    }
    let text = writer.text;
    sources.add_list(Source { name: name.to_owned(), text, encoding: None });
    Script { source, name: name.to_owned(), statements, skipped: Vec::new() }
}

fn lower(name: &[String]) -> Vec<String> {
    name.iter().map(|part| part.to_lowercase()).collect()
}

/// A text that is written, and where its parts stand.
struct Writer {
    source: SourceId,
    text: String,
    defaults: HashMap<Vec<String>, String>,
}

impl Writer {
    /// Writes a piece of text; its place.
    fn put(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        Span::new(self.source, start..self.text.len())
    }

    fn table(&mut self, table: ModelTable, keys: Vec<ModelKey>) -> Statement {
        let (mut name, columns) = (table.name, table.columns);
        let own = name.pop().unwrap_or_default();
        let schema = name.pop().unwrap_or_else(|| "dbo".to_owned());
        let start = self.put("CREATE TABLE ");
        let span = self.put(&format!("[{schema}].[{own}]"));
        self.put(" (\n");
        let full = [schema.to_lowercase(), own.to_lowercase()];
        let columns = columns.into_iter().map(|column| self.column(column, &full)).collect();
        let keys = keys.into_iter().map(|key| self.key(key)).collect();
        let end = self.put(");\n");
        let name = ObjectName { schema: Some(schema), name: own, span };
        let table = NewTable { name, columns, keys, if_not_exists: false };
        let (action, guards) = (Action::CreateTable(table), Vec::new());
        Statement { action, guards, conditions: Vec::new(), span: start.to(end) }
    }

    fn column(&mut self, column: ModelColumn, table: &[String; 2]) -> NewColumn {
        self.put("    ");
        let name = self.put(&format!("[{}]", column.name));
        self.put(" ");
        let kind = column_type(&column);
        let written = if column.computed { "AS (...)".to_owned() } else { kind.to_string() };
        let at = self.put(&written);
        let generated = generated(&column, &kind);
        if column.identity {
            self.put(" IDENTITY");
        }
        let nullable = (!column.computed).then(|| {
            self.put(" ");
            let said = self.put(if column.not_null { "NOT NULL" } else { "NULL" });
            Located::new(!column.not_null, said)
        });
        let [schema, own] = table.clone();
        let default = self.defaults.remove(&vec![schema, own, column.name.to_lowercase()]);
        let default = default.map(|text| {
            self.put(" DEFAULT ");
            // Over several lines it would be no line of the list.
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let span = self.put(&text);
            Default { value: literal(&text), span }
        });
        self.put(",\n");
        NewColumn {
            name: Located::new(column.name, name),
            column_type: Located::new(kind, at),
            nullable,
            default,
            generated: generated.map(|generated| Located::new(generated, at)),
            collation: None,
        }
    }

    fn key(&mut self, key: ModelKey) -> NewKey {
        let ModelKey { name, columns, primary, unique, partial, .. } = key;
        let (kind, word) = match (primary, unique) {
            (true, _) => (KeyKind::Primary, "PRIMARY KEY"),
            (false, true) => (KeyKind::Unique, "UNIQUE"),
            (false, false) => (KeyKind::Index, "INDEX"),
        };
        self.put("    ");
        let name = name.map(|name| {
            self.put("CONSTRAINT ");
            let span = self.put(&format!("[{name}]"));
            self.put(" ");
            Located::new(name, span)
        });
        let start = self.put(word);
        self.put(" (");
        let mut written = Vec::new();
        for (at, column) in columns.into_iter().enumerate() {
            self.put(if at == 0 { "" } else { ", " });
            let span = self.put(&format!("[{column}]"));
            written.push(Located::new(column, span));
        }
        let end = self.put(")");
        self.put(if partial { " WHERE ...,\n" } else { ",\n" });
        NewKey { name, kind, columns: written, partial, span: start.to(end) }
    }
}

fn column_type(column: &ModelColumn) -> ColumnType {
    let ModelColumn { kind, length, is_max, precision, scale, .. } = column;
    let length = if *is_max { None } else { Some(length.unwrap_or(1)) };
    match kind.to_ascii_lowercase().as_str() {
        "nvarchar" | "varchar" | "nchar" | "char" => ColumnType::Text(length),
        "ntext" | "text" => ColumnType::Text(None),
        "sysname" => ColumnType::Text(Some(128)),
        "int" | "smallint" | "tinyint" | "bit" => ColumnType::Int,
        "bigint" => ColumnType::BigInt,
        "numeric" | "decimal" => ColumnType::Numeric(precision.unwrap_or(18), scale.unwrap_or(0)),
        "money" => ColumnType::Numeric(19, 4),
        "smallmoney" => ColumnType::Numeric(10, 4),
        "float" | "real" => ColumnType::Float,
        "date" => ColumnType::Date,
        "datetime" | "datetime2" | "smalldatetime" | "datetimeoffset" => ColumnType::DateTime,
        "time" => ColumnType::Time,
        "uniqueidentifier" => ColumnType::Guid,
        "varbinary" | "binary" => ColumnType::Binary(length),
        "image" => ColumnType::Binary(None),
        "timestamp" | "rowversion" => ColumnType::RowVersion,
        _ => ColumnType::Other(kind.clone()),
    }
}

fn generated(column: &ModelColumn, kind: &ColumnType) -> Option<Generated> {
    if column.computed {
        Some(Generated::Computed)
    } else if column.identity {
        Some(Generated::Identity)
    } else {
        (*kind == ColumnType::RowVersion).then_some(Generated::RowVersion)
    }
}

/// What a default is worth, without the brackets around it.
fn literal(text: &str) -> Literal {
    let inner = text.trim_start_matches('(').trim_end_matches(')');
    if inner.parse::<f64>().is_ok() {
        return Literal::Number(inner.to_owned());
    }
    let quoted = inner.strip_prefix('N').unwrap_or(inner);
    match quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(text) => Literal::Text(text.replace("''", "'")),
        None => Literal::Expression(text.to_owned()),
    }
}
