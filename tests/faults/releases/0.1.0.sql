PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "__drizzle_migrations" (
				id SERIAL PRIMARY KEY,
				hash text NOT NULL,
				created_at numeric
			);
INSERT INTO __drizzle_migrations VALUES(NULL,'471e5dc2a0a72af55b88d5c8326452ac3762837af57af5c1367b728ed0c3eb62',1795504273297);
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`set_of_book_id` integer,
	`user` text NOT NULL,
	`address` text NOT NULL,
	`event` text NOT NULL,
	`detail` text
);
INSERT INTO audit_entries VALUES(1,1795730365368,1,'陈晓东','127.0.0.1','logged_in','{"after":{"access_level":15}}');
INSERT INTO audit_entries VALUES(2,1795730365464,1,'陈晓东','127.0.0.1','settings_changed','{"before":{"user_name":null},"after":{"user_name":"shop-S001","app_key":"已更换"}}');
INSERT INTO audit_entries VALUES(3,1795730365566,1,'陈晓东','127.0.0.1','device_created','{"id":1,"name":"一号柜","after":{"name":"一号柜","dev_id":10086,"store_id":1,"bank_id":21,"member_id":61,"employee_id":41,"bill_type":0}}');
INSERT INTO audit_entries VALUES(4,1795730365678,1,'陈晓东','127.0.0.1','import_started','{"id":1,"name":"T-1"}');
INSERT INTO audit_entries VALUES(5,1795730365898,1,'陈晓东','127.0.0.1','import_started','{"id":4,"name":"T-4"}');
INSERT INTO audit_entries VALUES(6,1795730365950,1,'陈晓东','127.0.0.1','batch_started','{"id":1,"after":{"total":1}}');
CREATE TABLE `automations` (
	`set_of_book_id` integer PRIMARY KEY NOT NULL,
	`downloads` integer NOT NULL,
	`download_minutes` integer NOT NULL,
	`imports` integer NOT NULL,
	`import_delay_minutes` integer NOT NULL,
	`import_since` integer NOT NULL,
	`enabled_user` text NOT NULL,
	`c8_token_sealed` text,
	`download_cursor` integer NOT NULL,
	`last_attempt_at` integer,
	`last_download_error` text,
	`last_review_day` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE TABLE `devices` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`name` text NOT NULL,
	`dev_id` integer NOT NULL,
	`store_id` integer NOT NULL,
	`bank_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	`employee_id` integer NOT NULL,
	`bill_type` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_user` text NOT NULL,
	`updated_at` integer,
	`updated_user` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO devices VALUES(1,1,'一号柜',10086,1,21,61,41,0,1795730365565,'陈晓东',NULL,NULL);
CREATE TABLE `import_batch_items` (
	`batch_id` integer NOT NULL,
	`order_id` integer NOT NULL,
	`trans_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	PRIMARY KEY(`batch_id`, `order_id`),
	FOREIGN KEY (`batch_id`) REFERENCES `import_batches`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO import_batch_items VALUES(1,2,'T-2','imported',NULL);
CREATE TABLE `import_batches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_user` text NOT NULL,
	`total` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO import_batches VALUES(1,1,1795730365944,'陈晓东',1);
CREATE TABLE `key_checks` (
	`id` integer PRIMARY KEY NOT NULL,
	`check_sealed` text NOT NULL
);
INSERT INTO key_checks VALUES(1,'4bb06f8e:raQq0n5QYFvSVLpaGyjWM6avCPv68/jNTg1CuBRwgcCc');
CREATE TABLE `order_events` (
	`order_id` integer NOT NULL,
	`sequence` integer NOT NULL,
	`at` integer NOT NULL,
	`user` text NOT NULL,
	`event` text NOT NULL,
	`detail` text,
	PRIMARY KEY(`order_id`, `sequence`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO order_events VALUES(1,1,1795730365678,'陈晓东','sending',NULL);
INSERT INTO order_events VALUES(1,2,1795730365746,'陈晓东','created','{"retail_id":1,"retail_code":"LS202611260001"}');
INSERT INTO order_events VALUES(1,3,1795730365868,'陈晓东','imported',NULL);
INSERT INTO order_events VALUES(4,1,1795730365897,'陈晓东','sending',NULL);
INSERT INTO order_events VALUES(4,2,1795730365912,'陈晓东','failed','{"reason":"货柜 7 还没有配置，请先在“货柜”里配置它"}');
INSERT INTO order_events VALUES(2,1,1795730365950,'陈晓东','queued',NULL);
INSERT INTO order_events VALUES(2,2,1795730365963,'陈晓东','sending',NULL);
INSERT INTO order_events VALUES(2,3,1795730365989,'陈晓东','created','{"retail_id":2,"retail_code":"LS202611260002"}');
INSERT INTO order_events VALUES(2,4,1795730366111,'陈晓东','imported',NULL);
CREATE TABLE `orders` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`trans_id` text NOT NULL,
	`status` integer NOT NULL,
	`e_id` text NOT NULL,
	`dev_id` integer NOT NULL,
	`create_time` integer NOT NULL,
	`update_time` integer NOT NULL,
	`total_amount` integer NOT NULL,
	`products` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_user` text NOT NULL,
	`import_state` text DEFAULT 'idle' NOT NULL,
	`import_lease` text,
	`import_attempts` integer DEFAULT 0 NOT NULL,
	`import_due_at` integer,
	`import_error` text,
	`import_held` integer DEFAULT false NOT NULL,
	`import_user` text,
	`import_session_id` integer,
	`create_unanswered_at` integer,
	`imported_at` integer,
	`imported_user` text,
	`retail_id` text,
	`retail_code` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO orders VALUES(1,1,'T-1',100,'E-1',10086,1795140000000,1795140005000,1050,'[{"barcode":"6921168000012","name":"农夫山泉","num":2,"amount":700,"cost":220},{"barcode":"6901486110013","name":"怡宝","num":1,"amount":350,"cost":180}]',1795730365588,'goBox','imported',NULL,0,NULL,NULL,0,'陈晓东',1,NULL,1795730365745,'陈晓东','1','LS202611260001');
INSERT INTO orders VALUES(2,1,'T-2',100,'E-1',10086,1795140000000,1795140005000,1050,'[{"barcode":"6921168000012","name":"农夫山泉","num":2,"amount":700,"cost":220},{"barcode":"6901486110013","name":"怡宝","num":1,"amount":350,"cost":180}]',1795730365609,'goBox','imported',NULL,0,NULL,NULL,0,'陈晓东',1,NULL,1795730365988,'陈晓东','2','LS202611260002');
INSERT INTO orders VALUES(3,1,'T-3',100,'E-1',10086,1795140000000,1795140005000,1050,'[{"barcode":"6921168000012","name":"农夫山泉","num":2,"amount":700,"cost":220},{"barcode":"6901486110013","name":"怡宝","num":1,"amount":350,"cost":180}]',1795730365628,'goBox','idle',NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO orders VALUES(4,1,'T-4',100,'E-1',7,1795140000000,1795140005000,1050,'[{"barcode":"6921168000012","name":"农夫山泉","num":2,"amount":700,"cost":220},{"barcode":"6901486110013","name":"怡宝","num":1,"amount":350,"cost":180}]',1795730365633,'goBox','failed',NULL,0,NULL,'货柜 7 还没有配置，请先在“货柜”里配置它',0,'陈晓东',1,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE `rejected_messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`received_at` integer NOT NULL,
	`source` text NOT NULL,
	`body` text NOT NULL,
	`truncated` integer NOT NULL,
	`reason` text NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO rejected_messages VALUES(1,1,1795730365638,'webhook','{"trans_id":"T-5","status":7,"e_id":"E-1","dev_id":10086,"create_time":"2026-11-20 10:00:00","update_time":"2026-11-20 10:00:05","products":[{"barcode":"6921168000012","name":"农夫山泉","num":2,"amount":7,"cost":2.2},{"barcode":"6901486110013","name":"怡宝","num":1,"amount":3.5,"cost":1.8}]}',0,'status：不是已知的订单状态（100、101、102、103、104、105、107、109、110）');
CREATE TABLE `replaced_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`good_until` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE TABLE `sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`token_hash` text NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`user_name` text NOT NULL,
	`access_level` integer NOT NULL,
	`c8_token_sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO sessions VALUES(1,'b0107f02fe49e422d13f1e8d6a763e18d5b4c5e453a318b11aeca751373195ec',1,'陈晓东',15,'4bb06f8e:9mKe4+H4Y80/rzYTCjGHuZwFlQOltEjcthC6d2prYS8=',1795730365364,1795773565364);
CREATE TABLE `set_of_books` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book` text NOT NULL,
	`c8_origin` text NOT NULL,
	`app_key_sealed` text,
	`user_name` text,
	`access_token_sealed` text,
	`token_created_at` integer,
	`expired_at` integer,
	`token_sealed` text NOT NULL,
	`token_hash` text NOT NULL,
	`import_paused_reason` text,
	`last_webhook_at` integer,
	`last_download_at` integer,
	`updated_at` integer,
	`updated_user` text
);
INSERT INTO set_of_books VALUES(1,'S001','http://127.0.0.1:45167','4bb06f8e:nOrERjLBME6GiIKRjqo8pqdpTURz8PvCGc8shITrYbK85c4EySgD','shop-S001','4bb06f8e:ll9bhAgcTjspMMmiTe1CLi1XgFsSYpZZTli41q+j1Msio13MRJSzEwC4HmKB75O8rKQR0l8GpA==',1795730365434,1795737565434,'4bb06f8e:iKV268YYpOw6Cmdzgi3C24ESEqcx10xSzysBTCp/h3XJF1yyB1gxwFrwrGR1q5h5l3qw6XGwKutlXVVcRZvT1Y7j4Liy51eKNplGCB+jZKBjbB7TdvPxbsxSSN0=','6f3a14b10b02b7fdabb0efe8e6e137cee92a01ba114dd5a75a147aef66ea0a29',NULL,1795730365637,NULL,1795730365463,'陈晓东');
CREATE TABLE day_totals (set_of_book_id INTEGER, day INTEGER, status INTEGER, import_state TEXT, orders INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (set_of_book_id, day, status, import_state)) WITHOUT ROWID;
INSERT INTO day_totals VALUES(1,20777,100,'failed',1,1050);
INSERT INTO day_totals VALUES(1,20777,100,'idle',1,1050);
INSERT INTO day_totals VALUES(1,20777,100,'imported',2,2100);
CREATE TABLE cabinet_totals (set_of_book_id INTEGER, day INTEGER, dev_id INTEGER, status INTEGER, import_state TEXT, orders INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (set_of_book_id, day, dev_id, status, import_state)) WITHOUT ROWID;
INSERT INTO cabinet_totals VALUES(1,20777,7,100,'failed',1,1050);
INSERT INTO cabinet_totals VALUES(1,20777,10086,100,'idle',1,1050);
INSERT INTO cabinet_totals VALUES(1,20777,10086,100,'imported',2,2100);
CREATE TABLE goods_totals (set_of_book_id INTEGER, day INTEGER, barcode TEXT, name TEXT NOT NULL, lines INTEGER NOT NULL, quantity REAL NOT NULL,
  amount INTEGER NOT NULL, cost INTEGER NOT NULL, uncosted INTEGER NOT NULL, PRIMARY KEY (set_of_book_id, day, barcode)) WITHOUT ROWID;
CREATE TABLE goods_counted (upto INTEGER NOT NULL);
INSERT INTO goods_counted VALUES(0);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('set_of_books',1);
INSERT INTO sqlite_sequence VALUES('sessions',1);
INSERT INTO sqlite_sequence VALUES('audit_entries',6);
INSERT INTO sqlite_sequence VALUES('devices',1);
INSERT INTO sqlite_sequence VALUES('orders',4);
INSERT INTO sqlite_sequence VALUES('rejected_messages',1);
INSERT INTO sqlite_sequence VALUES('import_batches',1);
CREATE INDEX `audit_entries_set_of_book` ON `audit_entries` (`set_of_book_id`,`at`,`id`);
CREATE INDEX `audit_entries_at` ON `audit_entries` (`at`);
CREATE UNIQUE INDEX `devices_dev_id` ON `devices` (`set_of_book_id`,`dev_id`);
CREATE INDEX `import_batch_items_pending` ON `import_batch_items` (`order_id`) WHERE outcome = 'pending';
CREATE INDEX `import_batches_set_of_book` ON `import_batches` (`set_of_book_id`);
CREATE UNIQUE INDEX `orders_trans_id` ON `orders` (`set_of_book_id`,`trans_id`);
CREATE INDEX `orders_create_time` ON `orders` (`set_of_book_id`,`create_time`,`id`,`status`,`dev_id`,`import_state`,`total_amount`);
CREATE INDEX `orders_import_due` ON `orders` (`set_of_book_id`,`import_due_at`) WHERE import_due_at is not null;
CREATE INDEX `orders_import_lease` ON `orders` (`id`) WHERE import_lease is not null;
CREATE INDEX `rejected_messages_set_of_book` ON `rejected_messages` (`set_of_book_id`);
CREATE UNIQUE INDEX `sessions_token_hash_unique` ON `sessions` (`token_hash`);
CREATE INDEX `sessions_set_of_book` ON `sessions` (`set_of_book_id`);
CREATE UNIQUE INDEX `set_of_books_set_of_book_unique` ON `set_of_books` (`set_of_book`);
CREATE UNIQUE INDEX `set_of_books_token_hash_unique` ON `set_of_books` (`token_hash`);
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
      WHEN OLD.at > unixepoch('subsec') * 1000 - 31536000000 BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
      WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER order_totals_insert AFTER INSERT ON orders BEGIN 
  INSERT INTO day_totals VALUES (NEW.set_of_book_id, (NEW.create_time + 28800000) / 86400000, NEW.status, NEW.import_state, 1, 1 * NEW.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  INSERT INTO cabinet_totals VALUES (NEW.set_of_book_id, (NEW.create_time + 28800000) / 86400000, NEW.dev_id, NEW.status, NEW.import_state, 1, 1 * NEW.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount; END;
CREATE TRIGGER order_totals_delete AFTER DELETE ON orders BEGIN 
  INSERT INTO day_totals VALUES (OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, OLD.status, OLD.import_state, -1, -1 * OLD.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  INSERT INTO cabinet_totals VALUES (OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, OLD.dev_id, OLD.status, OLD.import_state, -1, -1 * OLD.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  DELETE FROM day_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND status = OLD.status AND import_state = OLD.import_state AND orders = 0;
  DELETE FROM cabinet_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND dev_id = OLD.dev_id
    AND status = OLD.status AND import_state = OLD.import_state AND orders = 0; END;
CREATE TRIGGER order_totals_delete_goods AFTER DELETE ON orders WHEN OLD.id <= (SELECT upto FROM goods_counted) BEGIN 
  INSERT INTO goods_totals 
  SELECT OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, value ->> 'barcode', value ->> 'name', -1, -1 * (value ->> 'num'), -1 * (value ->> 'amount'),
    -1 * coalesce(value ->> 'cost', 0), -1 * iif(value ->> 'cost' IS NULL, value ->> 'amount', 0) FROM jsonb_each(OLD.products) WHERE OLD.status = 100
    ON CONFLICT DO UPDATE SET  lines = lines + excluded.lines, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, cost = cost + excluded.cost, uncosted = uncosted + excluded.uncosted;
  DELETE FROM goods_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND lines = 0; END;
CREATE TRIGGER order_totals_update AFTER UPDATE ON orders WHEN NEW.set_of_book_id IS NOT OLD.set_of_book_id OR NEW.create_time IS NOT OLD.create_time OR NEW.dev_id IS NOT OLD.dev_id OR NEW.status IS NOT OLD.status OR NEW.import_state IS NOT OLD.import_state OR NEW.total_amount IS NOT OLD.total_amount
    BEGIN 
  INSERT INTO day_totals VALUES (OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, OLD.status, OLD.import_state, -1, -1 * OLD.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  INSERT INTO cabinet_totals VALUES (OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, OLD.dev_id, OLD.status, OLD.import_state, -1, -1 * OLD.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  DELETE FROM day_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND status = OLD.status AND import_state = OLD.import_state AND orders = 0;
  DELETE FROM cabinet_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND dev_id = OLD.dev_id
    AND status = OLD.status AND import_state = OLD.import_state AND orders = 0; 
  INSERT INTO day_totals VALUES (NEW.set_of_book_id, (NEW.create_time + 28800000) / 86400000, NEW.status, NEW.import_state, 1, 1 * NEW.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  INSERT INTO cabinet_totals VALUES (NEW.set_of_book_id, (NEW.create_time + 28800000) / 86400000, NEW.dev_id, NEW.status, NEW.import_state, 1, 1 * NEW.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount; END;
CREATE TRIGGER order_totals_update_goods AFTER UPDATE ON orders
    WHEN (NEW.set_of_book_id IS NOT OLD.set_of_book_id OR NEW.create_time IS NOT OLD.create_time OR NEW.products IS NOT OLD.products OR (NEW.status = 100) <> (OLD.status = 100)) AND OLD.id <= (SELECT upto FROM goods_counted)
    BEGIN 
  INSERT INTO goods_totals 
  SELECT OLD.set_of_book_id, (OLD.create_time + 28800000) / 86400000, value ->> 'barcode', value ->> 'name', -1, -1 * (value ->> 'num'), -1 * (value ->> 'amount'),
    -1 * coalesce(value ->> 'cost', 0), -1 * iif(value ->> 'cost' IS NULL, value ->> 'amount', 0) FROM jsonb_each(OLD.products) WHERE OLD.status = 100
    ON CONFLICT DO UPDATE SET  lines = lines + excluded.lines, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, cost = cost + excluded.cost, uncosted = uncosted + excluded.uncosted;
  DELETE FROM goods_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = (OLD.create_time + 28800000) / 86400000 AND lines = 0; 
  INSERT INTO goods_totals 
  SELECT NEW.set_of_book_id, (NEW.create_time + 28800000) / 86400000, value ->> 'barcode', value ->> 'name', 1, 1 * (value ->> 'num'), 1 * (value ->> 'amount'),
    1 * coalesce(value ->> 'cost', 0), 1 * iif(value ->> 'cost' IS NULL, value ->> 'amount', 0) FROM jsonb_each(NEW.products) WHERE NEW.status = 100
    ON CONFLICT DO UPDATE SET name = excluded.name, lines = lines + excluded.lines, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, cost = cost + excluded.cost, uncosted = uncosted + excluded.uncosted; END;
COMMIT;
