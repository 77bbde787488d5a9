CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`set_of_book_id` integer,
	`user` text NOT NULL,
	`address` text NOT NULL,
	`event` text NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `audit_entries_set_of_book` ON `audit_entries` (`set_of_book_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_at` ON `audit_entries` (`at`);--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `devices_dev_id` ON `devices` (`set_of_book_id`,`dev_id`);--> statement-breakpoint
CREATE TABLE `import_batch_items` (
	`batch_id` integer NOT NULL,
	`order_id` integer NOT NULL,
	`trans_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	PRIMARY KEY(`batch_id`, `order_id`),
	FOREIGN KEY (`batch_id`) REFERENCES `import_batches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `import_batch_items_pending` ON `import_batch_items` (`order_id`) WHERE outcome = 'pending';--> statement-breakpoint
CREATE TABLE `import_batches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_user` text NOT NULL,
	`total` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `import_batches_set_of_book` ON `import_batches` (`set_of_book_id`);--> statement-breakpoint
CREATE TABLE `key_checks` (
	`id` integer PRIMARY KEY NOT NULL,
	`check_sealed` text NOT NULL
);
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `orders_trans_id` ON `orders` (`set_of_book_id`,`trans_id`);--> statement-breakpoint
CREATE INDEX `orders_create_time` ON `orders` (`set_of_book_id`,`create_time`,`id`,`status`,`dev_id`,`import_state`,`total_amount`);--> statement-breakpoint
CREATE INDEX `orders_import_due` ON `orders` (`set_of_book_id`,`import_due_at`) WHERE import_due_at is not null;--> statement-breakpoint
CREATE INDEX `orders_import_lease` ON `orders` (`id`) WHERE import_lease is not null;--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `rejected_messages_set_of_book` ON `rejected_messages` (`set_of_book_id`);--> statement-breakpoint
CREATE TABLE `replaced_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`good_until` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_hash_unique` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sessions_set_of_book` ON `sessions` (`set_of_book_id`);--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `set_of_books_set_of_book_unique` ON `set_of_books` (`set_of_book`);--> statement-breakpoint
CREATE UNIQUE INDEX `set_of_books_token_hash_unique` ON `set_of_books` (`token_hash`);