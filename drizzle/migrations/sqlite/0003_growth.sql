CREATE TABLE `barcode_aliases` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`barcode` text NOT NULL,
	`c8_barcode` text NOT NULL,
	`effective_from` text NOT NULL,
	`note` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `barcode_aliases_barcode` ON `barcode_aliases` (`set_of_book_id`,`barcode`,`effective_from`);--> statement-breakpoint
CREATE TABLE `device_versions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device_id` integer NOT NULL,
	`effective_from` text,
	`name` text NOT NULL,
	`store_id` integer NOT NULL,
	`bank_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	`employee_id` integer NOT NULL,
	`bill_type` integer NOT NULL,
	`user` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`device_id`) REFERENCES `devices`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `device_versions_device` ON `device_versions` (`device_id`,`id`);--> statement-breakpoint
CREATE TABLE `settlement_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`date` text NOT NULL,
	`at` integer NOT NULL,
	`order_id` integer NOT NULL,
	`trans_id` text NOT NULL,
	`old_status` integer,
	`old_amount` integer,
	`old_dev_id` integer,
	`old_create_time` integer,
	`new_status` integer NOT NULL,
	`new_amount` integer NOT NULL,
	`new_dev_id` integer NOT NULL,
	`new_create_time` integer NOT NULL,
	`lines_changed` integer NOT NULL,
	`accepted_at` integer,
	`accepted_user` text,
	`note` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `settlement_changes_day` ON `settlement_changes` (`set_of_book_id`,`date`,`id`);--> statement-breakpoint
CREATE TABLE `settlement_closings` (
	`set_of_book_id` integer NOT NULL,
	`date` text NOT NULL,
	`figures` text NOT NULL,
	`cabinets` text NOT NULL,
	`differences` text NOT NULL,
	PRIMARY KEY(`set_of_book_id`, `date`),
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `settlement_days` (
	`set_of_book_id` integer NOT NULL,
	`date` text NOT NULL,
	`begin_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`requested_at` integer,
	`requested_user` text,
	`requested_session_id` integer,
	`checked_at` integer,
	`checked_user` text,
	`failed_at` integer,
	`check_error` text,
	`check_error_code` text,
	`check_error_params` text,
	`gobox` text,
	`c8` text,
	`fetched` integer,
	`seen_orders` integer,
	`seen_amount` integer,
	`seen_refund_orders` integer,
	`seen_refund_amount` integer,
	`closed_at` integer,
	`closed_user` text,
	`note` text,
	PRIMARY KEY(`set_of_book_id`, `date`),
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `settlement_days_closed` ON `settlement_days` (`set_of_book_id`,`begin_at`,`end_at`,`date`) WHERE closed_at is not null;--> statement-breakpoint
CREATE INDEX `settlement_days_requested` ON `settlement_days` (`set_of_book_id`,`requested_at`) WHERE requested_at is not null;--> statement-breakpoint
CREATE TABLE `settlement_differences` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`date` text NOT NULL,
	`kind` text NOT NULL,
	`trans_id` text NOT NULL,
	`order_id` integer,
	`dev_id` integer,
	`gobox_amount` integer,
	`stored_amount` integer,
	`c8_amount` integer,
	`retail_code` text,
	`detail` text,
	`found_at` integer NOT NULL,
	`resolved_at` integer,
	`accepted_at` integer,
	`accepted_user` text,
	`note` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `settlement_differences_found` ON `settlement_differences` (`set_of_book_id`,`date`,`kind`,`trans_id`);--> statement-breakpoint
CREATE INDEX `settlement_differences_order` ON `settlement_differences` (`order_id`) WHERE resolved_at is null;--> statement-breakpoint
CREATE TABLE `alert_channels` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`url_sealed` text NOT NULL,
	`secret_sealed` text,
	`keyword` text,
	`enabled` integer NOT NULL,
	`min_severity` text NOT NULL,
	`digest_at` text,
	`digest_since` integer NOT NULL,
	`quiet_from` text,
	`quiet_to` text,
	`last_sent_at` integer,
	`last_error` text,
	`lease_until` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `alert_channels_set_of_book` ON `alert_channels` (`set_of_book_id`);--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`channel_id` integer NOT NULL,
	`type` text NOT NULL,
	`severity` text NOT NULL,
	`claim` text,
	`message_id` text NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`sent_at` integer,
	`error` text,
	`given_up_at` integer,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_deliveries_claim` ON `alert_deliveries` (`channel_id`,`claim`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_set_of_book` ON `alert_deliveries` (`set_of_book_id`,`id`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_open` ON `alert_deliveries` (`channel_id`,`id`) WHERE sent_at is null and given_up_at is null;--> statement-breakpoint
CREATE TABLE `alert_notices` (
	`channel_id` integer NOT NULL,
	`item_id` integer NOT NULL,
	`severity` text NOT NULL,
	`delivery_id` integer NOT NULL,
	PRIMARY KEY(`channel_id`, `item_id`),
	FOREIGN KEY (`channel_id`) REFERENCES `alert_channels`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`item_id`) REFERENCES `attention_items`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `alert_notices_item` ON `alert_notices` (`item_id`);--> statement-breakpoint
CREATE TABLE `attention_items` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`severity` text NOT NULL,
	`shown` text NOT NULL,
	`since` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`gone_at` integer,
	`snoozed_until` integer,
	`snoozed_user` text,
	`snoozed_severity` text,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attention_items_key` ON `attention_items` (`set_of_book_id`,`kind`,`key`);--> statement-breakpoint
CREATE TABLE `duties` (
	`name` text PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `duty_marks` (
	`name` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `failures` (
	`key` text PRIMARY KEY NOT NULL,
	`points` integer DEFAULT 0 NOT NULL,
	`expire` integer
);
--> statement-breakpoint
CREATE TABLE `nodes` (
	`id` text PRIMARY KEY NOT NULL,
	`beats` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `odd_clocks` (
	`set_of_book_id` integer NOT NULL,
	`dev_id` integer NOT NULL,
	`last_at` integer NOT NULL,
	`trans_id` text NOT NULL,
	`update_time` integer NOT NULL,
	PRIMARY KEY(`set_of_book_id`, `dev_id`),
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `rejected_totals` (
	`set_of_book_id` integer PRIMARY KEY NOT NULL,
	`kept` integer NOT NULL,
	`pushed_out` integer NOT NULL,
	`last_pushed_out_at` integer,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `rejected_messages_set_of_book`;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `message_key` text;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `trans_id` text;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `first_at` integer;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `count` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `rejected_messages_received_at` ON `rejected_messages` (`set_of_book_id`,`received_at`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `rejected_messages_key` ON `rejected_messages` (`set_of_book_id`,`message_key`);--> statement-breakpoint
DROP INDEX `orders_import_due`;--> statement-breakpoint
DROP INDEX `orders_import_lease`;--> statement-breakpoint
ALTER TABLE `orders` ADD `clock_odd` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `refund_handled_at` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `refund_handled_user` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `refund_note` text;--> statement-breakpoint
CREATE INDEX `orders_refund_waiting` ON `orders` (`set_of_book_id`,`create_time`,`id`) WHERE status in (102, 103, 104, 110) and import_state in ('created', 'imported') and refund_handled_at is null;--> statement-breakpoint
CREATE INDEX `orders_refund_handled` ON `orders` (`set_of_book_id`,`create_time`,`id`) WHERE refund_handled_at is not null;--> statement-breakpoint
CREATE INDEX `orders_refund_due` ON `orders` (`set_of_book_id`,`update_time`,`id`) WHERE status in (102, 104, 110) and refund_handled_at is null;--> statement-breakpoint
CREATE INDEX `orders_import_failed` ON `orders` (`set_of_book_id`,`id`) WHERE import_state = 'failed';--> statement-breakpoint
CREATE INDEX `orders_import_due` ON `orders` (`set_of_book_id`,`import_due_at`,`id`) WHERE import_due_at is not null;--> statement-breakpoint
CREATE INDEX `orders_import_lease` ON `orders` (`set_of_book_id`,`id`) WHERE import_lease is not null;--> statement-breakpoint
ALTER TABLE `automations` ADD `last_long_review_day` text;--> statement-breakpoint
ALTER TABLE `automations` ADD `covered_since` integer;--> statement-breakpoint
ALTER TABLE `automations` ADD `late_by` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `automations` ADD `close_days` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `kind` text DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `address` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `session_id` integer;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `selection` text;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `is_cancelling` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `import_batches` ADD `automatic_day` text;--> statement-breakpoint
CREATE UNIQUE INDEX `import_batches_automatic_day` ON `import_batches` (`set_of_book_id`,`automatic_day`);--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `renewal_lease` text;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `last_new_order_at` integer;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `gobox_refused_at` integer;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `gobox_refusal` text;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `gobox_refusal_code` text;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `gobox_refusal_params` text;--> statement-breakpoint
CREATE INDEX `import_batch_items_failed` ON `import_batch_items` (`order_id`) WHERE outcome = 'failed';--> statement-breakpoint
CREATE INDEX `import_batch_items_open` ON `import_batch_items` (`batch_id`,`order_id`) WHERE outcome = 'pending';--> statement-breakpoint
INSERT INTO device_versions (device_id, name, store_id, bank_id, member_id, employee_id, bill_type, "user", at)
SELECT id, name, store_id, bank_id, member_id, employee_id, bill_type, coalesce(updated_user, created_user), coalesce(updated_at, created_at) FROM devices ORDER BY id;
--> statement-breakpoint
INSERT INTO rejected_totals (set_of_book_id, kept, pushed_out)
SELECT set_of_book_id, count(*), 0 FROM rejected_messages GROUP BY set_of_book_id;
