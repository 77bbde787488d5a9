ALTER TABLE `settlement_days` ADD `progress` text;--> statement-breakpoint
ALTER TABLE `settlement_days` ADD `lookup_places` integer;--> statement-breakpoint
CREATE INDEX `settlement_days_looking` ON `settlement_days` (`set_of_book_id`) WHERE lookup_places is not null;