using Contracts;
using Inventory.Adjusting;
using Inventory.Products;
using Inventory.Reading;
using Inventory.Reconciling;
using Inventory.Reserving;
using Inventory.Storage;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;
using ServiceDefaults.Syncing;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<InventoryDb>(AppIds.Inventory, options => new InventoryDb(options), AppIds.Orders);

var app = builder.Build();
app.MapConsistentService<InventoryDb>(StockQueries.CountHeld);
app.MapProducts();
app.MapAdjusting();
app.MapReserving();
app.MapReservationSteps();
app.MapReading();
app.MapChanges<InventoryDb>(InventoryFeeds.Offer);
app.MapSync<InventoryDb>(InventoryFeeds.Follow);
app.MapTopics<InventoryDb>(Topics.Orders);
app.Run();
