using Consistency.Telemetry;
using Contracts;
using Orders.Cancelling;
using Orders.Catalog;
using Orders.Orchestrating;
using Orders.Placing;
using Orders.Reading;
using Orders.Reconciling;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;
using ServiceDefaults.Syncing;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<OrdersDb>(AppIds.Orders, options => new OrdersDb(options), AppIds.Inventory, AppIds.Invoices);
builder.AddOrchestration();
builder.AddCustomerReplica<OrdersDb>();
builder.Services.AddSingleton<IGaugeSource<OrdersDb>, OrderGauges>();

var app = builder.Build();
app.MapConsistentService<OrdersDb>(OrderQueries.CountUnsettled, OrderQueries.CountNeedingAttention);
app.Services.GetRequiredService<ConsistencyMeter>().ExpectWorkflows();
app.MapPlacing();
app.MapCancelling();
app.MapRetrying();
app.MapSettling();
app.MapCatalog();
app.MapReading();
app.MapCustomers<OrdersDb>();
app.MapChanges<OrdersDb>(OrderFeeds.Offer);
app.MapSync<OrdersDb>(sync => OrderFeeds
    .Follow(sync, app.Services.GetRequiredService<CustomerReplica<OrdersDb>>())
    .Also(app.Services.GetRequiredService<LostWorkflows>().RestartAsync));
app.MapTopics<OrdersDb>(Topics.Inventory, Topics.Invoices, Topics.Customers);
app.Run();
