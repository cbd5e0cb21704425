using Contracts;
using Contracts.Feeds;
using Inventory.Adjusting;
using Inventory.Products;
using Inventory.Reading;
using Inventory.Reserving;
using Inventory.Storage;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<InventoryDb>(AppIds.Inventory, options => new InventoryDb(options), AppIds.Orders);

var app = builder.Build();
app.MapConsistentService<InventoryDb>(StockQueries.CountHeld);
app.MapProducts();
app.MapAdjusting();
app.MapReserving();
app.MapReservationSteps();
app.MapReading();
app.MapChanges<InventoryDb>(feed => feed
    .Offer(FeedKinds.Stock, (db, keys) => db.StockOf(keys), s => s.ToLevel())
    .Offer(FeedKinds.Reservation, (db, keys) => db.ReservationsOf(keys), r => r.ToState()));
app.MapTopics<InventoryDb>(Topics.Orders);
app.Run();
