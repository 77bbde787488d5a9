ALTER TABLE `automations` ADD `last_download_error_code` text;--> statement-breakpoint
ALTER TABLE `automations` ADD `last_download_error_params` text;--> statement-breakpoint
ALTER TABLE `import_batch_items` ADD `reason_code` text;--> statement-breakpoint
ALTER TABLE `import_batch_items` ADD `reason_params` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `import_error_code` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `import_error_params` text;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `reason_code` text;--> statement-breakpoint
ALTER TABLE `rejected_messages` ADD `reason_params` text;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `import_paused_code` text;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `import_paused_params` text;