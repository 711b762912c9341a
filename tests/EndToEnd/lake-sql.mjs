// Runs the SQL statement given as argument in an empty DuckDB and prints the rows as one JSON array of arrays; numbers that JSON cannot hold are strings.
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const reader = await connection.runAndReadAll(process.argv[2]);
console.log(JSON.stringify(reader.getRowsJson()));
connection.closeSync();
