using Contracts;
using Contracts.Feeds;
using Orders.Cancelling;
using Orders.Catalog;
using Orders.Orchestrating;
using Orders.Placing;
using Orders.Reading;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<OrdersDb>(AppIds.Orders, options => new OrdersDb(options), AppIds.Inventory, AppIds.Invoices);
builder.AddOrchestration();

var app = builder.Build();
app.MapConsistentService<OrdersDb>(OrderQueries.CountUnsettled, OrderQueries.CountNeedingAttention);
app.MapPlacing();
app.MapCancelling();
app.MapRetrying();
app.MapSettling();
app.MapCatalog();
app.MapReading();
app.MapChanges<OrdersDb>(feed => feed.Offer(FeedKinds.Order, (db, keys) => db.OrdersOf(keys), o => o.ToState()));
app.MapTopics<OrdersDb>(Topics.Inventory, Topics.Invoices);
app.Run();
