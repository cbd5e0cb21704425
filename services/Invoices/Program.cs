using Contracts;
using Contracts.Feeds;
using Invoices.Accounts;
using Invoices.Invoicing;
using Invoices.Reading;
using Invoices.Storage;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<InvoicesDb>(AppIds.Invoices, options => new InvoicesDb(options), AppIds.Orders);
builder.Services.AddSingleton(new CreditPolicy(builder.Configuration.GetValue("CreditLimitCents", 10_000_000L)));
builder.AddCustomerReplica<InvoicesDb>(services => services.GetRequiredService<CreditPolicy>().Follow);

var app = builder.Build();
app.MapConsistentService<InvoicesDb>(_ => 0);
app.MapAccounts();
app.MapCustomers<InvoicesDb>();
app.MapInvoicing();
app.MapInvoiceSteps();
app.MapReading();
app.MapChanges<InvoicesDb>(feed => feed.Offer(FeedKinds.Invoice, (db, keys) => db.InvoicesOf(keys), i => i.ToState()).OfferCustomers());
app.MapTopics<InvoicesDb>(Topics.Orders, Topics.Inventory, Topics.Customers);
app.Run();
