//! The JSON Schema of a type that is written as a text or a value of its own.

/// Tells the schema of a type that takes no part of another's: its type, its name in schemas, and
/// the schema as JSON.
macro_rules! schema_of {
    ($type:ty, $name:literal, $schema:tt) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(crate) use schema_of;
