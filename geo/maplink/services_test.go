package maplink

import (
	"testing"

	"excursobot/geo"
)

// hides is the wanted place of a link that does not carry it.
var hides = geo.Point{Lat: 99, Lon: 99}

// carries are links of each service to the opera, and links that hide their place. Numbers at 48.1,2.1 and 48.2,2.2 are places on the way, or what the
// map showed: to answer with them would be wrong.
var carries = map[string][]struct {
	link string
	want geo.Point
}{
	"Google": {
		{"https://www.google.com/maps/place/Opera/@48.1,2.1,17z/data=!3m1!4b1!4m6!3m5!1s0x1:0x2!8m2!3d48.8721!4d2.3322!16zL20", opera},
		{"https://www.google.com/maps/place/48%C2%B052'19.6%22N+2%C2%B019'55.9%22E/@48.1,2.1,17z", opera},
		{`https://www.google.com/maps/place/48°52'19.6"N+2°19'55.9"E/@48.1,2.1,17z`, opera},
		{"https://www.google.com/maps/place/48.8721,2.3322/@48.1,2.1,17z", opera},
		{"https://www.google.com/maps/place/8FW4V8CJ%2BRVQ/@48.1,2.1,17z", opera},
		{"https://www.google.com/maps/place/Opera/@48.8721,2.3322,17z", opera},
		{"https://www.google.com/maps/place/Opera/@48.8721,2.3322,1500m/data=!3m1!1e3", opera},
		{"https://www.google.com/maps/place/Paris/@48.1,2.1,11z", hides},
		{"https://www.google.com/maps/place/Paris/@48.1,2.1,50000m/data=!3m1!1e3", hides},
		{"https://www.google.com/maps/place/Opera/", hides},
		{"https://www.google.com/maps/@48.8721,2.3322,11z", opera},
		{"https://www.google.com/maps/@48.1,2.1,4z", hides},
		{"https://www.google.com/maps/@48.8721,2.3322,3a,75y,90t/data=!3m6!1e1!3m4!1sAbC!2e0!7i16384!8i8192", opera},
		{"https://www.google.com/maps/@?api=1&map_action=pano&viewpoint=48.8721%2C2.3322&heading=90", opera},
		{"https://www.google.com/maps/@?api=1&map_action=map&center=48.8721%2C2.3322&zoom=16", opera},
		{"https://www.google.com/maps/search/?api=1&query=48.8721%2C2.3322", opera},
		{"https://www.google.com/maps/search/?api=1&query=Opera", hides},
		{"https://www.google.com/maps/search/cafe/@48.1,2.1,12z", hides},
		{"https://www.google.com/maps/search/48.8721,+2.3322?entry=tts", opera},
		{"https://www.google.com/maps/dir/Gare+du+Nord/Opera/@48.70,2.10,11z/data=!4m14!4m13!1m5!1m1!1s0x1:0x2!2m2!1d2.3553!2d48.8809!1m5!1m1!1s0x3:0x4!2m2!1d2.3322!2d48.8721!3e0", opera},
		{"https://www.google.com/maps/dir/48.1,2.1/Opera/@48.2,2.2,11z/data=!4m9!4m8!1m0!1m5!1m1!1s0x3:0x4!2m2!1d2.3322!2d48.8721!3e0", opera},
		{"https://www.google.com/maps/dir/Gare+du+Nord/Opera/@48.1,2.1,16z/data=!4m11!4m10!1m5!1m1!1s0x1:0x2!2m2!1d2.1!2d48.1!1m2!1m1!1s0x3:0x4!3e0", hides},
		{"https://www.google.com/maps/dir/48.1,2.1/Opera/@48.2,2.2,16z", hides},
		{"https://www.google.com/maps/dir/Opera/@48.1,2.1,17z", hides},
		{"https://www.google.com/maps/dir//48.8721,2.3322/@48.1,2.1,17z", opera},
		{"https://www.google.com/maps/dir/48.1,2.1/48.8721,2.3322/@48.2,2.2,5z", opera},
		{"https://www.google.com/maps/dir/?api=1&origin=48.1,2.1&destination=48.8721,2.3322&waypoints=48.2,2.2", opera},
		{"https://www.google.com/maps/dir/?api=1&origin=48.1,2.1&destination=Opera", hides},
		{"https://maps.google.com/maps?saddr=48.1,2.1&daddr=48.2,2.2+to:48.8721,2.3322", opera},
		{"https://maps.google.com/maps?saddr=48.1,2.1&daddr=Opera&ll=48.2,2.2", hides},
		{"https://maps.google.com/maps?daddr=Opera@48.8721,2.3322", opera},
		{"https://maps.google.com/?q=48.8721,2.3322", opera},
		{"https://maps.google.com/?q=loc:48.8721,2.3322", opera},
		{"https://maps.google.com/?q=48.8721,2.3322+(Opera)", opera},
		{"https://maps.google.com/?q=Opera@48.8721,2.3322", opera},
		{"https://maps.google.com/?q=48.8721N+2.3322E", opera},
		{"https://maps.google.com/?q=8FW4V8CJ%2BRVQ", opera},
		{"https://maps.google.com/?q=Opera&ll=48.8721,2.3322&z=17", opera},
		{"https://maps.google.com/?q=Opera&ll=48.1,2.1&z=9", hides},
		{"https://maps.google.com/?q=Opera&sll=48.1,2.1", hides},
		{"https://maps.google.com/?ll=48.8721,2.3322&amp;z=17", opera},
		{"https://maps.google.com/?q=0,0", hides},
		{"https://maps.google.com/?cid=123456", hides},
		{"https://www.google.com/maps/d/viewer?mid=1AbC&ll=48.1,2.1&z=12", hides},
		{"https://maps.google.com/maps?q=&layer=c&cbll=48.8721,2.3322&cbp=12,90,0,0,5", opera},
		{"https://www.google.com/maps/embed?pb=!1m14!1m12!1m3!1d2624.9!2d2.3322!3d48.8721!2m3!1f0!2f0!3f0", opera},
		{"https://www.google.com/maps/embed?pb=!1m28!1m12!1m3!1d20000!2d2.1!3d48.1!2m3!1f0!2f0!3f0!3m2!1i1024!2i768!4f13.1!4m13!3e6!4m5!1s0x1%3A0x2!2sA!3m2!1d48.2!2d2.2!4m5!1s0x3%3A0x4!2sOpera!3m2!1d48.8721!2d2.3322!5e0!3m2!1sen!2sfr", opera},
		{"https://www.google.com/maps/embed?pb=!1m23!1m12!1m3!1d20000!2d2.1!3d48.1!2m3!1f0!2f0!3f0!3m2!1i1024!2i768!4f13.1!4m8!3e6!4m5!1s0x1!2sA!3m2!1d48.2!2d2.2!4m2!1s0x3!2sOpera!5e0", hides},
		{"https://www.google.com/url?q=https%3A%2F%2Fmaps.google.com%2F%3Fq%3D48.8721%2C2.3322&sa=D", opera},
		{"https://consent.google.com/m?continue=https%3A%2F%2Fmaps.google.com%2F%3Fq%3D48.8721%2C2.3322&gl=FR", opera},
		{"https://maps.app.goo.gl/?link=https%3A%2F%2Fwww.google.com%2Fmaps%3Fq%3D48.8721%2C2.3322", opera},
		{"https://maps.app.goo.gl/AbCdEf", hides},
		{"https://goo.gl/maps/AbCdEf", hides},
		{"https://share.google/AbCdEf123", hides},
		{"https://g.co/kgs/AbCdEf", hides},
		{"https://earth.google.com/web/@48.8721,2.3322,35a,1000d,35y,0h,0t,0r", opera},
		{"google.navigation:q=48.8721,2.3322", opera},
		{"google.navigation:q=48.8721,2.3322&mode=w", opera},
		{"google.streetview:cbll=48.8721,2.3322&cbp=0,30,0,0,-15", opera},
		{"comgooglemaps://?center=48.1,2.1&q=48.8721,2.3322", opera},
		{"comgooglemaps://?saddr=48.1,2.1&daddr=48.8721,2.3322&directionsmode=walking", opera},
		{"https://www.google.co.uk/maps?q=48.8721,2.3322", opera},
		{"https://www.google.com/maps?q=48,8721,2,3322", opera},
	},
	"Yandex": {
		{"https://yandex.ru/maps/?ll=2.3322%2C48.8721&z=16", opera},
		{"https://yandex.ru/maps/?ll=2.1%2C48.1&z=4", hides},
		{"yandexmaps://maps.yandex.ru/?ll=2.3322,48.8721&z=16", opera},
		{"https://yandex.ru/maps/213/moscow/?l=stv%2Csta&ll=2.10%2C48.10&panorama%5Bpoint%5D=2.3322%2C48.8721&z=16", opera},
		{"https://yandex.ru/maps/213/moscow/?ll=2.1%2C48.1&pt=2.3322,48.8721,pm2rdm&z=16", opera},
		{"https://yandex.com/maps/?ll=2.1,48.1&whatshere%5Bpoint%5D=2.3322%2C48.8721&whatshere%5Bzoom%5D=17", opera},
		{"https://yandex.ru/maps/?ll=2.1,48.1&mode=poi&poi%5Bpoint%5D=2.3322%2C48.8721&poi%5Buri%5D=ymapsbm1%3A%2F%2Forg%3Foid%3D1", opera},
		{"https://yandex.ru/maps/?ll=2.1,48.1&mode=search&uri=ymapsbm1%3A%2F%2Fpin%3Fll%3D2.3322%252C48.8721&z=12", opera},
		{"https://yandex.ru/maps/?rtext=48.1,2.1~48.2,2.2~48.8721,2.3322&rtt=pd", opera},
		{"https://yandex.ru/maps/?rtext=~48.8721,2.3322", opera},
		{"https://yandex.ru/maps/?rtext=48.1,2.1~Opera&ll=2.2,48.2&z=16", hides},
		{"https://yandex.ru/maps/?mode=routes&ll=2.1,48.1&z=16", hides},
		{"https://yandex.ru/maps/?text=48.8721%2C2.3322&ll=2.1,48.1", opera},
		{"https://yandex.ru/maps/?text=Opera&ll=2.1,48.1&z=12", hides},
		{"https://yandex.ru/maps/org/opera/1234567/?ll=2.3322%2C48.8721&z=17", opera},
		{"https://yandex.ru/maps/org/opera/1234567/?ll=2.1%2C48.1&z=12", hides},
		{"https://yandex.ru/maps/org/opera/1234567", hides},
		{"https://yandex.ru/maps/-/CCUdEfGh", hides},
		{"https://yandex.com.tr/harita/?ll=2.3322,48.8721&z=16", opera},
		{"https://maps.yandex.ru/?ll=2.3322,48.8721", opera},
		{"https://yandex.ru/navi/?whatshere%5Bpoint%5D=2.3322%2C48.8721", opera},
		{"yandexnavi://build_route_on_map?lat_from=48.1&lon_from=2.1&lat_to=48.8721&lon_to=2.3322", opera},
		{"yandexnavi://show_point_on_map?lat=48.8721&lon=2.3322&zoom=12&no-balloon=0", opera},
		{"yandextaxi://route?start-lat=48.1&start-lon=2.1&end-lat=48.8721&end-lon=2.3322", opera},
		{"yandexmaps://open_url?url=https%3A%2F%2Fyandex.ru%2Fmaps%2F%3Fpt%3D2.3322%2C48.8721", opera},
	},
	"2GIS": {
		{"https://2gis.ru/moscow/geo/70030076129543595/2.3322%2C48.8721?m=2.1%2C48.1%2F17", opera},
		{"https://2gis.ru/moscow/firm/70000001043503020/2.3322%2C48.8721", opera},
		{"https://2gis.ru/moscow/geo/2.3322,48.8721", opera},
		{"https://2gis.kz/almaty?m=2.3322%2C48.8721%2F16.5", opera},
		{"https://2gis.ru/moscow/firm/70000001043503020?m=2.3322%2C48.8721%2F17%2Fr%2F-7.3", opera},
		{"https://2gis.ru/moscow/firm/70000001043503020?m=2.1%2C48.1%2F11", hides},
		{"https://2gis.ru/moscow/firm/70000001043503020", hides},
		{"https://2gis.ru/moscow/search/cafe?m=2.1%2C48.1%2F12", hides},
		{"https://2gis.ru/moscow/directions/points/2.1%2C48.1%3B123%7C2.3322%2C48.8721%3B456?m=2.2%2C48.2%2F12", opera},
		{"https://2gis.ru/directions/points/%7C2.3322%2C48.8721", opera},
		{"https://2gis.ru/abakan/directions/points/~2.3322%2C48.8721?m=2.1%2C48.1%2F16", opera},
		{"https://2gis.ru/moscow/directions/points/2.1%2C48.1%7Copera?m=2.2%2C48.2%2F16", hides},
		{"https://2gis.ru/moscow/routeSearch/rsType/car/from/2.1,48.1/to/2.3322,48.8721", opera},
		{"dgis://2gis.ru/routeSearch/rsType/pedestrian/to/2.3322,48.8721", opera},
		{"dgis://2gis.ru/geo/2.3322,48.8721", opera},
		{"https://go.2gis.com/AbCd", hides},
	},
	"Apple": {
		{"https://maps.apple.com/?ll=48.8721,2.3322&q=Opera", opera},
		{"https://maps.apple.com/?q=48.8721,2.3322", opera},
		{"https://maps.apple.com/?q=Opera&sll=48.1,2.1", hides},
		{"https://maps.apple.com/?q=cafe&near=48.1,2.1", hides},
		{"https://maps.apple.com/place?coordinate=48.8721,2.3322&name=Opera", opera},
		{"https://maps.apple.com/?saddr=48.1,2.1&daddr=48.8721,2.3322", opera},
		{"https://maps.apple.com/?saddr=48.1,2.1&daddr=Opera", hides},
		{"https://maps.apple.com/directions?source=48.1,2.1&destination=48.8721,2.3322&mode=walking", opera},
		{"https://maps.apple.com/look-around?coordinate=48.8721,2.3322&heading=10", opera},
		{"https://maps.apple.com/frame?center=48.8721,2.3322&span=0.01,0.01", opera},
		{"maps://?ll=48.8721,2.3322", opera},
		{"maps:?q=48.8721,2.3322", opera},
		{"https://maps.apple/p/AbC", hides},
	},
	"OpenStreetMap": {
		{"https://openstreetmap.org/#11/48.8721/2.3322", opera},
		{"https://www.openstreetmap.org/?mlat=48.8721&mlon=2.3322#map=16/48.1/2.1", opera},
		{"https://www.openstreetmap.org/#map=17/48.8721/2.3322&layers=N", opera},
		{"https://www.openstreetmap.org/#map=5/48.1/2.1", hides},
		{"https://www.openstreetmap.org/way/1#map=17/48.8721/2.3322", opera},
		{"https://www.openstreetmap.org/relation/1#map=11/48.1/2.1", hides},
		{"https://www.openstreetmap.org/way/1", hides},
		{"https://www.openstreetmap.org/directions?engine=foot&route=48.1,2.1;48.8721,2.3322#map=12/48.2/2.2", opera},
		{"https://www.openstreetmap.org/directions?from=48.1,2.1&to=48.8721,2.3322", opera},
		{"https://www.openstreetmap.org/directions?from=48.1,2.1&to=Opera#map=16/48.1/2.1", hides},
		{"https://www.openstreetmap.org/search?query=48.8721%2C2.3322#map=5/48.1/2.1", opera},
		{"https://www.openstreetmap.org/export/embed.html?bbox=2.1,48.1,2.5,48.9&marker=48.8721,2.3322", opera},
		{"https://osm.org/go/0EEQjE--", geo.Point{Lat: 51.5107727, Lon: 0.0549316}},
		{"https://osm.org/go/A", hides},
	},
	"Waze": {
		{"https://waze.com/ul?ll=48.8721,2.3322&navigate=yes", opera},
		{"https://ul.waze.com/ul?ll=48.8721%2C2.3322", opera},
		{"waze://?ll=48.8721,2.3322&z=10", opera},
		{"https://www.waze.com/live-map/directions?to=ll.48.8721%2C2.3322&from=ll.48.1%2C2.1", opera},
		{"https://www.waze.com/live-map/directions?to=place.AbCdEf&from=ll.48.1%2C2.1&latlng=48.1%2C2.1", hides},
		{"https://waze.com/ul?q=Opera", hides},
		{"https://embed.waze.com/iframe?zoom=16&lat=48.8721&lon=2.3322&pin=1", opera},
		{"https://waze.com/ul/hu4pruydqqv", geo.Point{Lat: 57.64911, Lon: 10.40744}},
		{"https://www.waze.com/live-map?h=u4pruydqqv", geo.Point{Lat: 57.64911, Lon: 10.40744}},
	},
	"HERE": {
		{"https://share.here.com/l/48.8721,2.3322,Opera?z=16", opera},
		{"https://share.here.com/r/48.1,2.1,A/48.8721,2.3322,Opera?m=w", opera},
		{"https://share.here.com/r/mylocation/48.8721,2.3322", opera},
		{"https://share.here.com/r/48.1,2.1/Opera", hides},
		{"https://wego.here.com/?map=48.8721,2.3322,16,normal", opera},
		{"https://wego.here.com/directions/mix/A:48.1,2.1/Opera:48.8721,2.3322?map=48.2,2.2,12,normal", opera},
		{"https://wego.here.com/search/opera?map=48.1,2.1,11,normal", hides},
		{"here-location://48.8721,2.3322/Opera", opera},
		{"https://share.here.com/p/e-eyJuYW1lIjoiT3BlcmEiLCJsYXRpdHVkZSI6NDguODcyMSwibG9uZ2l0dWRlIjoyLjMzMjJ9", opera},
		{"https://share.here.com/p/s-Yz10aGVhdHJlO2xhdD00OC44NzIxO2xvbj0yLjMzMjI7bj1PcGVyYQ", opera},
		{"https://her.is/AbCd", hides},
	},
	"Bing": {
		{"https://www.bing.com/maps?cp=48.8721~2.3322&lvl=16", opera},
		{"https://www.bing.com/maps?cp=48.1~2.1&lvl=4", hides},
		{"https://bing.com/maps/default.aspx?sp=point.48.8721_2.3322_Opera&cp=48.1~2.1&lvl=12", opera},
		{"https://bing.com/maps/default.aspx?rtp=pos.48.1_2.1_A~pos.48.8721_2.3322_Opera", opera},
		{"https://bing.com/maps/default.aspx?rtp=pos.48.1_2.1_A~adr.Opera&cp=48.1~2.1&lvl=16", hides},
		{"https://www.bing.com/maps?where1=48.8721,2.3322", opera},
		{"bingmaps:?cp=48.8721~2.3322&lvl=15", opera},
	},
	"Organic Maps": {
		{"https://omaps.app/48.8721,2.3322/Opera", opera},
		{"https://omaps.app/B4srhdHVVt/Some_Name", geo.Point{Lat: 64.5234, Lon: 12.1234}},
		{"om://B4srhdHVVt/Some_Name", geo.Point{Lat: 64.5234, Lon: 12.1234}},
		{"ge0://B4srhdHVVt/Some_Name", geo.Point{Lat: 64.5234, Lon: 12.1234}},
		{"https://ge0.me/B4srhdHVVt/Some_Name", geo.Point{Lat: 64.5234, Lon: 12.1234}},
		{"om://map?v=1&ll=48.8721,2.3322&n=Opera", opera},
		{"om://route?sll=48.1,2.1&saddr=A&dll=48.8721,2.3322&daddr=Opera&type=pedestrian", opera},
		{"om://search?query=cafe&cll=48.8721,2.3322", opera},
		{"https://omaps.app/Opera", hides},
	},
	"OsmAnd": {
		{"https://osmand.net/map?pin=48.8721,2.3322#16/48.1/2.1", opera},
		{"https://osmand.net/go?lat=48.8721&lon=2.3322&z=16", opera},
		{"https://osmand.net/map/?start=48.1,2.1&end=48.8721,2.3322&profile=pedestrian#12/48.2/2.2", opera},
		{"https://osmand.net/map/?start=48.1,2.1#16/48.2/2.2", hides},
		{"https://osmand.net/map#16/48.8721/2.3322", opera},
		{"osmand.api://navigate?start_lat=48.1&start_lon=2.1&dest_lat=48.8721&dest_lon=2.3322", opera},
	},
	"GeoHack": {
		{"https://geohack.toolforge.org/geohack.php?pagename=Opera&params=48_52_19.6_N_2_19_55.9_E_type:landmark", opera},
		{"https://geohack.toolforge.org/geohack.php?params=48.8721_N_2.3322_E_region:FR", opera},
		{"https://geohack.toolforge.org/geohack.php?params=40.7484_N_73.9857_W_", newYork},
		{"https://geohack.toolforge.org/geohack.php?params=48.8721;2.3322_region:FR", opera},
		{"https://tools.wmflabs.org/geohack/geohack.php?params=48.8721_N_2.3322_E", opera},
		{"https://geohack.toolforge.org/", hides},
	},
	"Mapy": {
		{"https://mapy.cz/zakladni?x=2.3322&y=48.8721&z=17", opera},
		{"https://mapy.com/en/turisticka?source=coor&id=2.3322%2C48.8721&x=2.1&y=48.1&z=11", opera},
		{"https://en.mapy.cz/zakladni?source=base&id=1832651&x=2.3322&y=48.8721&z=17", opera},
		{"https://mapy.cz/zakladni?x=2.3322&y=48.8721&z=9", hides},
		{"https://mapy.com/s/abcdefg", hides},
	},
	"Komoot": {
		{"https://www.komoot.com/plan/@48.8721,2.3322,17z", opera},
		{"https://www.komoot.com/tour/123456", hides},
	},
	"Wikipedia":  {{"https://en.wikipedia.org/wiki/Special:Map/16/48.8721/2.3322/en", opera}},
	"Wikimapia":  {{"http://wikimapia.org/#lang=ru&lat=48.8721&lon=2.3322&z=16&m=w", opera}},
	"Plus codes": {{"https://plus.codes/8FW4V8CJ+RVQ", opera}, {"https://plus.codes/map", hides}},
	"what3words": {{"https://what3words.com/daring.lion.race", hides}},
	"geo": {
		{"geo:48.8721,2.3322", opera},
		{"geo:48.8721,2.3322,35", opera},
		{"geo:48.8721,2.3322;u=35", opera},
		{"geo:48.8721,2.3322;crs=moon", hides},
		{"geo:0,0?q=48.8721,2.3322(Opera)", opera},
		{"geo:0,0?z=14&q=48.8721,2.3322 (Opera)", opera},
		{"geo:0,0?q=Opera,+Paris", hides},
		{"geo:0,0", hides},
		{"geo:48.1,2.1?q=48.8721,2.3322(Opera)", opera},
		{"geo:48.8721,2.3322?q=Opera", opera},
		{"geo://point/?lon=2.3322&lat=48.8721&zoom=10", opera},
		{"GEO:48,8721,2,3322", opera},
	},
}

func TestLinksOfServices(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for name, links := range carries {
		for _, tt := range links {
			t.Run(name+"/"+tt.link, func(t *testing.T) {
				for _, a := range []Answer{Find(tt.link), Find("Look: " + tt.link + " !"), Find("here", tt.link)} {
					checkAnswer(t, a)
					switch {
					case tt.want == hides:
						if a.Result != Hidden {
							t.Errorf("got %+v, want a hidden place", a)
						}
					case a.Result != Found || !near(a.Point, tt.want):
						t.Errorf("got %+v, want %v,%v", a, tt.want.Lat, tt.want.Lon)
					}
				}
			})
		}
		tried[name] = len(links) > 0
	}
	for _, s := range services {
		if !tried[s.name] {
			t.Errorf("no link of %s is tried", s.name)
		}
	}
}

func TestLinksInTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"[Opera](https://maps.google.com/?q=48.8721,2.3322)", "<https://maps.google.com/?q=48.8721,2.3322>", "(see https://maps.google.com/?q=48.8721,2.3322).",
		`<a href="https://maps.google.com/?q=48.8721,2.3322">Opera</a>`, "Оперahttps://maps.google.com/?q=48.8721,2.3322", "maps.google.com/?q=48.8721,2.3322",
		"https://maps.app.goo.gl/AbCdEf\n48.8721, 2.3322", "48.8721, 2.3322 https://maps.app.goo.gl/AbCdEf", "\u200ehttps://maps.google.com/?q=48.8721,2.3322\u200e",
		"https://www.google.com/maps/place/Opera_(Paris)/@48.8721,2.3322,17z", "geo: 48.8721, 2.3322", "https://example.org/?x=1 48.8721, 2.3322",
		"https://www.google.com/maps/@48.1,2.1,15z\n48.8721, 2.3322",
	} {
		found(t, "en", text, opera)
	}
}

func TestAddressesThatAreNoMaps(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://google.com.evil.example/maps?q=48.8721,2.3322", "https://notgoogle.com/maps?q=48.8721,2.3322", "https://maps.google.com@evil.example/?q=48.8721,2.3322",
		"https://www.google.com/url?q=https%3A%2F%2Fexample.org", "https://en.wikipedia.org/wiki/Opera", "https://yandex.ru/search?text=48.8721,2.3322",
		"https://bing.com/search?q=48.8721,2.3322", "mailto:a@b.c", "tel:+123456", "https://example.org/48.8721,2.3322", "javascript://48.8721,2.3322", "a://", "https:///",
	} {
		if a := Find(text); a.Result != None {
			t.Errorf("%q: got %+v, want nothing", text, a)
		}
	}
}

// No address makes the parser panic, and none gives a point that is not finite.
func FuzzLinks(f *testing.F) {
	for _, links := range carries {
		for _, tt := range links {
			f.Add(tt.link)
		}
	}
	f.Fuzz(func(t *testing.T, address string) {
		checkAnswer(t, Find("", address))
		checkAnswer(t, Find("("+address+")"))
	})
}

func BenchmarkLinks(b *testing.B) {
	for name, links := range carries {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parseLink(links[0].link)
			}
		})
	}
}
