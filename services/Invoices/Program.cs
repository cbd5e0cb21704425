using Contracts;
using Invoices.Accounts;
using Invoices.Invoicing;
using Invoices.Reading;
using Invoices.Reconciling;
using Invoices.Storage;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;
using ServiceDefaults.Syncing;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<InvoicesDb>(AppIds.Invoices, options => new InvoicesDb(options), AppIds.Orders);
builder.Services.AddSingleton(new CreditPolicy(builder.Configuration.GetValue("CreditLimitCents", 10_000_000L)));
var series = NumberSeries.Check(builder.Configuration["InvoiceSeries"] ?? NumberSeries.Invoices);
builder.Services.AddSingleton(s => new InvoiceBook(s.GetRequiredService<CreditPolicy>(), series));
builder.AddCustomerReplica<InvoicesDb>(services => services.GetRequiredService<CreditPolicy>().Follow);

var app = builder.Build();
app.MapConsistentService<InvoicesDb>(_ => 0);
app.MapAccounts();
app.MapCustomers<InvoicesDb>();
app.MapInvoicing();
app.MapInvoiceSteps();
app.MapReading();
app.MapChanges<InvoicesDb>(InvoiceFeeds.Offer);
app.MapSync<InvoicesDb>(sync => InvoiceFeeds.Follow(sync, app.Services.GetRequiredService<InvoiceBook>())
    .FollowCustomers(AppIds.Orders, app.Services.GetRequiredService<CustomerReplica<InvoicesDb>>()));
app.MapTopics<InvoicesDb>(Topics.Orders, Topics.Inventory, Topics.Customers);
app.Run();
