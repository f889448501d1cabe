-- @good
CREATE TABLE users ();
CREATE TABLE orders ();
CREATE TABLE order_lines ();
CREATE TABLE countries ();
CREATE TABLE addresses ();
CREATE TABLE boxes ();
-- No plurals, or no words for one.
CREATE TABLE user_address ();
CREATE TABLE people ();
CREATE TABLE order_status ();
CREATE TABLE user_data ();
CREATE TABLE t1 ();
CREATE TABLE account ();
CREATE TABLE book ();
CREATE TABLE account_book (a int, b int, PRIMARY KEY (a, b));
CREATE VIEW author AS SELECT 1;
CREATE SCHEMA other;
CREATE TABLE other.author ();
CREATE TABLE other.shelf ();

-- @bad info
CREATE TABLE "writerProfile" ();
CREATE SCHEMA "c""; DROP";
CREATE TABLE "c""; DROP".author ();
CREATE TABLE "c""; DROP".book ();
CREATE TABLE "c""; DROP".shelf ();
CREATE TABLE "c""; DROP".readers ();
CREATE TABLE "c""; DROP".loans ();
CREATE TABLE "c""; DROP".fees ();
