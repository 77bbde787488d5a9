ALTER TABLE `settlement_differences` ADD `detail_code` text;--> statement-breakpoint
ALTER TABLE `settlement_differences` ADD `detail_params` text;