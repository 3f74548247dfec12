SELECT contact_id, first_name, last_name, email, title, account_id
FROM contacts
