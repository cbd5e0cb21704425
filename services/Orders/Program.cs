using Contracts;
using Orders.Cancelling;
using Orders.Catalog;
using Orders.Placing;
using Orders.Reading;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<OrdersDb>(AppIds.Orders, options => new OrdersDb(options));

var app = builder.Build();
app.MapConsistentService<OrdersDb>(OrderQueries.CountPending);
app.MapPlacing();
app.MapCancelling();
app.MapSettling();
app.MapCatalog();
app.MapReading();
app.MapTopics<OrdersDb>(Topics.Inventory, Topics.Invoices);
app.Run();
