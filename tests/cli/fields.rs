//! Each field of a customer and of an address, from a register to another channel: what is in the
//! tables of `src/model/customer.rs` travels, whatever it is.

use cdx::model::customer::{AddressField, CustomerField};

use super::harness::{Env, text};

const ONE: &str = "00000001";

/// A value that is no other field's.
fn value(field: &str) -> String {
    match field {
        "title" => "Ms".to_owned(),
        "language" => "en-GB".to_owned(),
        "group" => "80".to_owned(),
        "currency" => "EUR".to_owned(),
        "receipt-option" => "both".to_owned(),
        "country" => "CAN".to_owned(),
        _ => format!("v-{}", &field[..field.len().min(8)]),
    }
}

fn assignments<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    fields.map(|field| format!(" {field}={}", value(field))).collect()
}

#[test]
fn each_field_of_a_customer_travels() {
    let env = Env::asynchronous();
    let set = assignments(CustomerField::ALL.iter().map(|field| field.as_str()));
    let edit = format!("pos edit-customer --account {ONE} --expect async");
    env.ok(&format!("{edit} --channel houston --set{set}"));
    env.ok("run P sync-customers 1010");
    let shown = env.json(&format!("customers show {ONE}"));
    // A register's row has all that it knows of the customer, and says which fields it changes.
    env.ok(&format!("{edit} --channel seattle --set affiliation=Student"));
    for field in CustomerField::ALL {
        let key = field.as_str().replace('-', "_");
        assert_eq!(shown["customer"][&key], value(field.as_str()), "{field}");
        let sql = format!("SELECT CAST({} AS TEXT) FROM ax_RETAILASYNCCUSTOMERV2", field.column());
        let row = text(&env.channel("seattle"), &sql);
        assert_eq!(row, field.stored(&value(field.as_str())), "{field}");
    }
}

#[test]
fn each_field_of_an_address_travels() {
    let env = Env::asynchronous();
    let create = "pos create-address --street Main --city Houston";
    env.ok(&format!("{create} --channel houston --account {ONE}"));
    env.ok("run P sync-customers 1010");
    let addresses = || env.json(&format!("customers show {ONE}"))["customer"]["addresses"].clone();
    let id = addresses()[1]["id"].as_str().unwrap().to_owned();
    let set = assignments(AddressField::ALL.iter().map(|field| field.as_str()));
    let edit = format!("pos edit-address --account {ONE} --address {id} --expect async");
    env.ok(&format!("{edit} --channel houston --set{set}"));
    env.ok("run P sync-customers 1010");
    env.ok(&format!("{edit} --channel seattle --set street=Other"));
    let shown = &addresses()[1];
    for field in AddressField::ALL {
        assert_eq!(shown[field.as_str()], value(field.as_str()), "{field}");
        let expected = match field {
            AddressField::Street => "Other".to_owned(),
            other => value(other.as_str()),
        };
        let sql = format!("SELECT {} FROM ax_RETAILASYNCADDRESSV2", field.column());
        assert_eq!(text(&env.channel("seattle"), &sql), expected, "{field}");
    }
}
