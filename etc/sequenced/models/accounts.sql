SELECT account_id, account_key, name, industry, revenue, country
FROM accounts
