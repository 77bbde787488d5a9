ALTER TABLE "automations" ADD COLUMN "last_download_error_code" text;--> statement-breakpoint
ALTER TABLE "automations" ADD COLUMN "last_download_error_params" json;--> statement-breakpoint
ALTER TABLE "import_batch_items" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "import_batch_items" ADD COLUMN "reason_params" json;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "import_error_code" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "import_error_params" json;--> statement-breakpoint
ALTER TABLE "rejected_messages" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "rejected_messages" ADD COLUMN "reason_params" json;--> statement-breakpoint
ALTER TABLE "set_of_books" ADD COLUMN "import_paused_code" text;--> statement-breakpoint
ALTER TABLE "set_of_books" ADD COLUMN "import_paused_params" json;